import type { Address } from '../../accounts/wallet.js';
import { parseChecksummed } from '../../accounts/address.js';
import { AUTHORITY, PCHAR, SCHEME, STATEMENT, URI, parseDateTime } from './grammar.js';
import { WalletSessionsError } from '../../errors.js';

/** A parsed EIP-4361 message. Times are milliseconds since the Unix epoch. */
export interface SignInMessage {
  /** Exactly what was signed. */
  readonly text: string;
  readonly scheme?: string | undefined;
  readonly domain: string;
  readonly address: Address;
  readonly uri: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime?: number | undefined;
  readonly notBefore?: number | undefined;
}

/** More than a message with a few resources needs, little enough to parse without harm. */
export const MAX_MESSAGE_LENGTH = 4096;

const GREETING = ' wants you to sign in with your Ethereum account:';

const HEADER = whole(`(?:(${SCHEME})://)?(${AUTHORITY})${GREETING}`);
const STATEMENT_LINE = whole(STATEMENT);
const ABSOLUTE_URI = whole(URI);
const VERSION = whole('1');
const CHAIN_ID = whole('(?:0|[1-9][0-9]{0,15})');
const NONCE = whole('[A-Za-z0-9]{8,}');
const REQUEST_ID = whole(`${PCHAR}+`);

/**
 * Parses by the grammar of EIP-4361, with the address's EIP-55 checksum. Refuses besides what could be
 * read in two ways, or in none: a chain id with a leading zero or beyond the safe integers, an empty
 * request id, the second 60, a port of more than five digits.
 * @throws WalletSessionsError `MESSAGE_MALFORMED`, saying which line is wrong and how
 */
export function parseSignInMessage(text: string): SignInMessage {
  if (text.length > MAX_MESSAGE_LENGTH) {
    throw malformed(`it is longer than ${MAX_MESSAGE_LENGTH} characters`);
  }
  const lines = readLines(text);
  const [, scheme, domain] = HEADER.exec(lines.read()) ?? [];
  if (!domain) throw lines.wrong(`should be a domain and "${GREETING}"`);
  const address = parseChecksummed(lines.read());
  if (address === undefined) throw lines.wrong('should be an address with its EIP-55 checksum');
  skipStatement(lines);
  const uri = lines.field('URI: ', ABSOLUTE_URI);
  lines.field('Version: ', VERSION);
  const chainId = Number(lines.field('Chain ID: ', CHAIN_ID));
  if (!Number.isSafeInteger(chainId)) throw lines.wrong('holds a number that is too large');
  const nonce = lines.field('Nonce: ', NONCE);
  const issuedAt = lines.time('Issued At: ');
  const expirationTime = lines.optionalTime('Expiration Time: ');
  const notBefore = lines.optionalTime('Not Before: ');
  if (lines.upcoming?.startsWith('Request ID: ')) lines.field('Request ID: ', REQUEST_ID);
  if (lines.upcoming === 'Resources:') skipResources(lines);
  if (lines.upcoming !== undefined) {
    lines.read();
    throw lines.wrong('has no place in a message, or not this one');
  }
  return {
    text,
    scheme,
    domain,
    address,
    uri,
    chainId,
    nonce,
    issuedAt,
    expirationTime,
    notBefore,
  };
}

/** A statement stands between two empty lines; without one there are two empty lines all the same. */
function skipStatement(lines: Lines): void {
  lines.blank();
  const statement = lines.field('', STATEMENT_LINE);
  // Three empty lines are a statement of no characters between two.
  if (statement !== '' || lines.upcoming === '') lines.blank();
}

function skipResources(lines: Lines): void {
  lines.read();
  while (lines.upcoming !== undefined) lines.field('- ', ABSOLUTE_URI);
}

interface MessageParts {
  /** The web origin that asks: it gives scheme, domain and URI. */
  readonly origin: string;
  readonly address: Address;
  /** Characters of RFC 3986 and blanks, see {@link isStatement}. */
  readonly statement: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime: number;
}

/** Writes a message ready to sign. */
export function writeSignInMessage(parts: MessageParts): string {
  const { origin, address, statement, chainId, nonce } = parts;
  return [
    `${new URL(origin).host}${GREETING}`,
    address,
    '',
    statement,
    '',
    `URI: ${origin}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(parts.issuedAt).toISOString()}`,
    `Expiration Time: ${new Date(parts.expirationTime).toISOString()}`,
  ].join('\n');
}

/** Whether EIP-4361 admits the text as a statement: no line break, no quotation mark, ASCII only. */
export function isStatement(text: string): boolean {
  return STATEMENT_LINE.test(text);
}

function whole(rule: string): RegExp {
  return new RegExp(`^(?:${rule})$`);
}

/** The lines of a message, read one after the other. */
interface Lines {
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
