import { WalletSessionsError } from '../errors.js';
import { parseDateTime } from './grammar.js';

/** The lines of a message, read one after the other. */
export interface Lines {
  /** The next line, left where it is; `undefined` after the last one. */
  readonly upcoming: string | undefined;
  /** Returns the next line. */
  read(): string;
  /** Reads the next line, which must be empty. */
  blank(): void;
  /** Returns the rest of the next line, which must begin with the title and follow the rule. */
  field(title: string, rule: RegExp): string;
  /** Returns the field if the next line begins with its title. */
  optionalField(title: string, rule: RegExp): string | undefined;
  /** Returns an RFC 3339 time in milliseconds since the Unix epoch. */
  time(title: string): number;
  /** Returns the time if the next line begins with its title. */
  optionalTime(title: string): number | undefined;
  /** Checks that no line is left. */
  end(): void;
  /** Returns an error to throw: the line that was read last is not what it should be. */
  wrong(should: string): WalletSessionsError;
}

/** @param standard the standard that the message should follow, for errors: `EIP-4361` */
export function readLines(text: string, standard: string): Lines {
  const lines = text.split('\n');
  let position = 0;

  function after(title: string): string {
    const line = reader.read();
    if (!line.startsWith(title)) throw reader.wrong(`should begin with "${title}"`);
    return line.slice(title.length);
  }

  const isNext = (title: string) => reader.upcoming?.startsWith(title) === true;

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
    optionalField: (title, rule) => (isNext(title) ? reader.field(title, rule) : undefined),
    time(title) {
      const time = parseDateTime(after(title));
      if (time === undefined) throw reader.wrong('should hold a time like 2026-01-31T12:00:00Z');
      return time;
    },
    optionalTime: (title) => (isNext(title) ? reader.time(title) : undefined),
    end() {
      if (reader.upcoming === undefined) return;
      reader.read();
      throw reader.wrong('has no place in a message, or not this one');
    },
    wrong: (should) => malformed(standard, `line ${position} ${should}`),
  };
  return reader;
}

/** The reason never repeats the message, which contains a nonce. */
export function malformed(standard: string, why: string): WalletSessionsError {
  return new WalletSessionsError(
    'MESSAGE_MALFORMED',
    `The sign-in message is not one of ${standard}: ${why}.`,
  );
}

/** A rule that a whole text must follow. */
export function whole(rule: string): RegExp {
  return new RegExp(`^(?:${rule})$`);
}
