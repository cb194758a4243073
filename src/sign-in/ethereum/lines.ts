import { WalletSessionsError } from '../../errors.js';
import { parseDateTime } from './grammar.js';

/** The lines of a message, read one after the other. */
export interface Lines {
  /** The next line, left where it is; `undefined` after the last one. */
  readonly upcoming: string | undefined;
  /** The next line, whatever it is. */
  read(): string;
  /** The next line, which must be empty. */
  blank(): void;
  /** The rest of the next line, which must begin with the title and go on by the rule. */
  field(title: string, rule: RegExp): string;
  /** The same for an RFC 3339 time, in milliseconds since the Unix epoch. */
  time(title: string): number;
  /** The time, where the next line begins with its title. */
  optionalTime(title: string): number | undefined;
  /** To be thrown: the line read last is not what it should be. */
  wrong(should: string): WalletSessionsError;
}

export function readLines(text: string): Lines {
  const lines = text.split('\n');
  let position = 0;

  function after(title: string): string {
    const line = reader.read();
    if (!line.startsWith(title)) throw reader.wrong(`should begin with "${title}"`);
    return line.slice(title.length);
  }

  const reader: Lines = {
    get upcoming() {
      return lines[position];
    },
    read() {
      const line = lines[position];
      position += 1;
      if (line === undefined) throw reader.wrong('is missing');
      return line;
    },
    blank() {
      if (reader.read() !== '') throw reader.wrong('should be empty');
    },
    field(title, rule) {
      const value = after(title);
      if (!rule.test(value)) throw reader.wrong(`does not hold what "${title}" needs`);
      return value;
    },
    time(title) {
      const time = parseDateTime(after(title));
      if (time === undefined) throw reader.wrong('should hold a time like 2026-01-31T12:00:00Z');
      return time;
    },
    optionalTime: (title) => (reader.upcoming?.startsWith(title) ? reader.time(title) : undefined),
    wrong: (should) => malformed(`line ${position} ${should}`),
  };
  return reader;
}

/** The reason never repeats the message: it bears a nonce. */
export function malformed(why: string): WalletSessionsError {
  return new WalletSessionsError(
    'MESSAGE_MALFORMED',
    `The sign-in message is not one of EIP-4361: ${why}.`,
  );
}
