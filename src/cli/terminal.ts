import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Where a command writes: what it was asked for on standard output, all else on standard error. */
export interface Terminal {
  /** Whether somebody is looking, so that a line may be written over. */
  readonly isInteractive: boolean;
  print(line: string): void;
  printJson(value: unknown): void;
  note(line: string): void;
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

  function note(line: string): void {
    notes.write(`${isLineOpen ? CLEAR_LINE : ''}${line}\n`);
    isLineOpen = false;
  }

  return {
    isInteractive,
    print(line) {
      if (isLineOpen) note('');
      output.write(`${line}\n`);
    },
    printJson(value) {
      output.write(`${JSON.stringify(value)}\n`);
    },
    note,
    progress(line) {
      notes.write(`${CLEAR_LINE}${line}`);
      isLineOpen = true;
    },
    style: (format, text) => styleText(format, text, { stream: output }),
  };
}

/** Text that clients chose, without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}');
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
