import { SiweMessage } from 'siwe';
import { WalletSessionsError } from '../errors.js';
import type { Address } from '../session/wallet.js';

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
export const LONGEST_MESSAGE = 4096;

/**
 * Parses by the grammar of EIP-4361, with the address's EIP-55 checksum. On top of the grammar, what
 * was parsed must write itself back as the same text: no two readings of one message.
 * @throws WalletSessionsError `MESSAGE_MALFORMED`
 */
export function parseSignInMessage(text: string): SignInMessage {
  if (text.length > LONGEST_MESSAGE) {
    throw malformed(`it is longer than ${LONGEST_MESSAGE} characters`);
  }
  const parsed = parse(text);
  const time = (name: string, value: string | undefined) => {
    if (value === undefined) return undefined;
    const milliseconds = Date.parse(value);
    if (Number.isNaN(milliseconds)) throw malformed(`its ${name} is not a time`);
    return milliseconds;
  };
  const issuedAt = time('issued-at', parsed.issuedAt);
  if (issuedAt === undefined) throw malformed('it has no issued-at');
  return {
    text,
    scheme: parsed.scheme,
    domain: parsed.domain,
    address: parsed.address as Address,
    uri: parsed.uri,
    chainId: parsed.chainId,
    nonce: parsed.nonce,
    issuedAt,
    expirationTime: time('expiration time', parsed.expirationTime),
    notBefore: time('not-before', parsed.notBefore),
  };
}

export interface MessageParts {
  /** The web origin that asks: it gives scheme, domain and URI. */
  readonly origin: string;
  readonly address: Address;
  readonly statement: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime: number;
}

/** Writes a message ready to sign. */
export function writeSignInMessage(parts: MessageParts): string {
  const { address, statement, chainId, nonce } = parts;
  return new SiweMessage({
    domain: new URL(parts.origin).host,
    uri: parts.origin,
    address,
    statement,
    version: '1',
    chainId,
    nonce,
    issuedAt: new Date(parts.issuedAt).toISOString(),
    expirationTime: new Date(parts.expirationTime).toISOString(),
  }).prepareMessage();
}

function parse(text: string): SiweMessage {
  let parsed: SiweMessage;
  try {
    parsed = new SiweMessage(text);
  } catch {
    // The parser's own message quotes its state at length; what helps is where to read the rules.
    throw malformed('see the grammar in EIP-4361, and mind the EIP-55 checksum of the address');
  }
  if (parsed.prepareMessage() !== text) throw malformed('a field is not in its canonical form');
  return parsed;
}

function malformed(why: string): WalletSessionsError {
  return new WalletSessionsError(
    'MESSAGE_MALFORMED',
    `The sign-in message is not well-formed: ${why}.`,
  );
}
