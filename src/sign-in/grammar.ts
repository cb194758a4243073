import { WalletSessionsError } from '../errors.js';

/**
 * The grammar of sign-in messages (CAIP-122): its rules as sources of regular expressions, named after the rules in their
 * RFCs, and a reader of lines. No rule can match a text in two ways, so matching takes linear time.
 */

const HEXDIG = '[0-9A-Fa-f]';
const PCT_ENCODED = `%${HEXDIG}{2}`;
/** The unreserved characters and the sub-delims of RFC 3986, for use within brackets. */
const PLAIN = `A-Za-z0-9._~!$&'()*+,;=\\-`;
/** RFC 3986, `pchar`. */
export const PCHAR = `(?:[${PLAIN}:@]|${PCT_ENCODED})`;
const SEGMENTS = `(?:/${PCHAR}*)*`;

const DEC_OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `${DEC_OCTET}(?:\\.${DEC_OCTET}){3}`;
const H16 = `${HEXDIG}{1,4}`;
const LS32 = `(?:${H16}:${H16}|${IPV4})`;
const IPV6 = [
  `(?:${H16}:){6}${LS32}`,
  `::(?:${H16}:){5}${LS32}`,
  `(?:${H16})?::(?:${H16}:){4}${LS32}`,
  `(?:(?:${H16}:){0,1}${H16})?::(?:${H16}:){3}${LS32}`,
  `(?:(?:${H16}:){0,2}${H16})?::(?:${H16}:){2}${LS32}`,
  `(?:(?:${H16}:){0,3}${H16})?::${H16}:${LS32}`,
  `(?:(?:${H16}:){0,4}${H16})?::${LS32}`,
  `(?:(?:${H16}:){0,5}${H16})?::${H16}`,
  `(?:(?:${H16}:){0,6}${H16})?::`,
].join('|');
const IPV_FUTURE = `[Vv]${HEXDIG}+\\.[${PLAIN}:]+`;
const USERINFO = `(?:[${PLAIN}:]|${PCT_ENCODED})*`;
/** Includes dotted IPv4 addresses. */
const REG_NAME = `(?:[${PLAIN}]|${PCT_ENCODED})*`;
const HOST = `(?:\\[(?:${IPV6}|${IPV_FUTURE})\\]|${REG_NAME})`;

/** RFC 3986, `scheme`. */
export const SCHEME = '[A-Za-z][A-Za-z0-9+.-]*';

/** RFC 3986, `authority`, with a port of at most five digits. */
export const AUTHORITY = `(?:${USERINFO}@)?${HOST}(?::[0-9]{0,5})?`;

/** RFC 3986, `URI`: absolute, with its scheme. */
export const URI =
  `${SCHEME}:` +
  `(?://${AUTHORITY}${SEGMENTS}|/(?:${PCHAR}+${SEGMENTS})?|${PCHAR}+${SEGMENTS}|)` +
  `(?:\\?(?:${PCHAR}|[/?])*)?` +
  `(?:#(?:${PCHAR}|[/?])*)?`;

/** EIP-4361, `statement`: the reserved and unreserved characters of RFC 3986, and spaces. */
export const STATEMENT = `[${PLAIN} :/?#@\\[\\]]*`;

const STATEMENT_LINE = new RegExp(`^${STATEMENT}$`);

/** Whether EIP-4361 allows the text as a statement: one line of ASCII without quotation marks. */
export function isStatement(text: string): boolean {
  return STATEMENT_LINE.test(text);
}

const DATE_TIME = new RegExp(
  '^([0-9]{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))' +
    'T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\\.([0-9]+))?' +
    '(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$',
  'i',
);

/**
 * Parses a `date-time` of RFC 3339 to milliseconds since the Unix epoch. Returns `undefined` for any other text, for a day
 * that its month does not have, and for a leap second, which Unix time cannot express.
 */
function parseDateTime(text: string): number | undefined {
  const [, date, day, hour, minute, second, fraction = '', sign, aheadHours, aheadMinutes] =
    DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const midnight = new Date(`${date}T00:00:00Z`);
  if (midnight.getUTCDate() !== Number(day)) return undefined;
  const ahead = minutes(aheadHours, aheadMinutes) * (sign === '-' ? -1 : 1);
  return (
    midnight.getTime() +
    (minutes(hour, minute) - ahead) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  );
}

function minutes(hours = '0', rest = '0'): number {
  return Number(hours) * 60 + Number(rest);
}

/** Reads the lines of a message in their order. */
export interface Lines {
  /** The next line, without reading it; `undefined` after the last one. */
  readonly upcoming: string | undefined;
  /** Returns the next line. */
  read(): string;
  /** Reads the next line, which must be empty. */
  blank(): void;
  /** Reads the next line, which must begin with the title and match the rule, and returns its value. */
  field(title: string, rule: RegExp): string;
  /** Like {@link field}, if the next line begins with the title. */
  optionalField(title: string, rule: RegExp): string | undefined;
  /** Reads the next line, which must have an RFC 3339 time, and returns milliseconds since the Unix epoch. */
  time(title: string): number;
  /** Like {@link time}, if the next line begins with the title. */
  optionalTime(title: string): number | undefined;
  /** Throws if a line is left. */
  end(): void;
  /** Creates the error for the line that was read last. */
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

/** Creates an error. The reason must not quote the message, which contains a nonce. */
export function malformed(standard: string, why: string): WalletSessionsError {
  return new WalletSessionsError(
    'MESSAGE_MALFORMED',
    `The sign-in message is not a valid ${standard} message: ${why}.`,
  );
}

/** A rule for a whole text. */
export function whole(rule: string): RegExp {
  return new RegExp(`^(?:${rule})$`);
}
