import { styleText } from 'node:util';
import { printable, printableJson } from '../visible-text.js';

type Format = Parameters<typeof styleText>[0];

/** Where a command writes: what it was asked for on standard output, all else on standard error. */
export interface Terminal {
  /** Whether somebody is looking, so that a line may be written over. */
  readonly isInteractive: boolean;
  /** Writes a line that may be styled: text that others chose goes through `printable` first. */
  print(line: string): void;
  /** Writes JSON in which every character that a terminal would obey, or not show, is escaped. */
  printJson(value: unknown): void;
  /** Writes text of one or several lines, which may quote what others chose. */
  note(text: string): void;
  /** Writes over the line that it wrote before, on a terminal. */
  progress(line: string): void;
  /** In colour on a terminal, unless NO_COLOR asks for none. */
  style(format: Format, text: string): string;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createTerminal(
  output: NodeJS.WriteStream = process.stdout,
  notes: NodeJS.WriteStream = process.stderr,
): Terminal {
  const isInteractive = notes.isTTY;
  let isLineOpen = false;

  function note(text: string): void {
    const lines = text.split('\n').map(printable).join('\n');
    notes.write(`${isLineOpen ? CLEAR_LINE : ''}${lines}\n`);
    isLineOpen = false;
  }

  return {
    isInteractive,
    print(line) {
      if (isLineOpen) note('');
      output.write(`${line}\n`);
    },
    printJson(value) {
      output.write(`${printableJson(value)}\n`);
    },
    note,
    progress(line) {
      notes.write(`${CLEAR_LINE}${line}`);
      isLineOpen = true;
    },
    style: (format, text) => styleText(format, text, { stream: output }),
  };
}

/** Columns side by side, under their names. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `2026-11-24 18:03:07Z`. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace(/\.\d+/, '');
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

type TimesOf<Value> = {
  [Name in keyof Value]: Value[Name] extends number | undefined ? Name : never;
}[keyof Value];

/** The same, with the times named in ISO 8601 as scripts read them; one that there is not is left out. */
export function withIsoTimes<Value extends object, Name extends TimesOf<Value>>(
  value: Value,
  ...names: readonly Name[]
): Omit<Value, Name> & Partial<Record<Name, string>> {
  const times = names
    .map((name): [Name, number | undefined] => [name, value[name] as number | undefined])
    .filter((entry): entry is [Name, number] => entry[1] !== undefined)
    .map(([name, time]) => [name, new Date(time).toISOString()]);
  return { ...value, ...(Object.fromEntries(times) as Record<Name, string>) };
}
