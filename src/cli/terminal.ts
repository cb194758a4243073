import { styleText } from 'node:util';
import { printable, printableJson } from '../visible-text.js';

type Format = Parameters<typeof styleText>[0];

/** The output of a command: results on standard output, everything else on standard error. */
export interface Terminal {
  /** Whether standard error is a terminal, on which a line can be overwritten. */
  readonly isInteractive: boolean;
  /** Writes a line that may contain styles. Pass untrusted text through `printable` first. */
  print(line: string): void;
  /** Writes JSON in which control characters and invisible characters are escaped. */
  printJson(value: unknown): void;
  /** Writes text of one or several lines, which may quote untrusted text. */
  note(text: string): void;
  /** Overwrites the previous line of progress on a terminal. */
  progress(line: string): void;
  /** Styles text on a terminal, unless `NO_COLOR` is set. */
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

/** Formats rows as aligned columns under a header. */
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

/** Converts the named times of an object to ISO 8601, for `--json`. Omits undefined times. */
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
