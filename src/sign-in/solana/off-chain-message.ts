import { encodeBase58 } from '../../accounts/base58.js';
import { malformed } from '../grammar.js';

const STANDARD = 'Solana off-chain messages';

/** What every off-chain message begins with. No transaction and no UTF-8 text does. */
const SIGNING_DOMAIN = Buffer.concat([Buffer.from([0xff]), Buffer.from('solana offchain')]);

const HEXADECIMAL = /^0x(?:[0-9a-f]{2})+$/;

/** In bytes: version 0 names an application domain of this length. */
const APPLICATION_DOMAIN = 32;

/** In bytes: an ed25519 public key. */
const SIGNER = 32;

/** Version 0, formats 0 and 1: what a Ledger can show. */
const SHORT_TEXT = 1232;

/** An off-chain message, as a Ledger signs it. */
export interface Envelope {
  /** The base58 address of its only signer. */
  readonly signer: string;
  readonly text: string;
}

/** Whether a text is the bytes of an off-chain message in hexadecimal. */
export function isEnvelope(given: string): boolean {
  return given.startsWith(`0x${SIGNING_DOMAIN.toString('hex')}`);
}

/** What a signature covers: the text in UTF-8, or the bytes of the off-chain message. */
export function signedBytesOf(given: string): Buffer {
  return isEnvelope(given) ? Buffer.from(given.slice(2), 'hex') : Buffer.from(given);
}

/**
 * Reads the bytes of an off-chain message, in lower-case hexadecimal digits after `0x`: version 0 and
 * version 1 as Anza's tools write them, with exactly one signer. `undefined` for a text that is no such message.
 * @throws WalletSessionsError `MESSAGE_MALFORMED`
 */
export function readEnvelope(given: string): Envelope | undefined {
  if (!isEnvelope(given)) return undefined;
  if (!HEXADECIMAL.test(given)) throw malformed(STANDARD, 'it is not in lower-case hexadecimal');
  const bytes = signedBytesOf(given).subarray(SIGNING_DOMAIN.length);
  const version = bytes[0];
  if (version === 0) return readVersion0(bytes.subarray(1));
  if (version === 1) return readVersion1(bytes.subarray(1));
  throw malformed(STANDARD, 'its version is neither 0 nor 1');
}

/** Application domain (32), format (1), number of signers (1), signers (32 each), length (2), text. */
function readVersion0(bytes: Buffer): Envelope {
  const format = bytes[APPLICATION_DOMAIN];
  const { signer, rest } = readSigner(bytes.subarray(APPLICATION_DOMAIN + 1));
  const content = rest.subarray(2);
  if (rest.length < 2 || rest.readUInt16LE() !== content.length) {
    throw malformed(STANDARD, 'its length is not that of its text');
  }
  if (format === undefined || format > 2) throw malformed(STANDARD, 'its format is not 0, 1 or 2');
  if (format < 2 && content.length > SHORT_TEXT) {
    throw malformed(STANDARD, `its format allows at most ${SHORT_TEXT} bytes`);
  }
  // A sign-in message has line breaks, which "restricted ASCII" lacks in the proposal; wallets send it with format 0.
  if (format === 0 && content.some((byte) => byte > 0x7e)) {
    throw malformed(STANDARD, 'its format allows ASCII only');
  }
  return { signer, text: decode(content) };
}

/** Number of signers (1), signers (32 each), text. */
function readVersion1(bytes: Buffer): Envelope {
  const { signer, rest } = readSigner(bytes);
  return { signer, text: decode(rest) };
}

function readSigner(bytes: Buffer): { signer: string; rest: Buffer } {
  if (bytes[0] !== 1 || bytes.length < 1 + SIGNER) {
    throw malformed(STANDARD, 'it does not have exactly one signer');
  }
  return { signer: encodeBase58(bytes.subarray(1, 1 + SIGNER)), rest: bytes.subarray(1 + SIGNER) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(content: Buffer): string {
  try {
    return utf8.decode(content);
  } catch {
    throw malformed(STANDARD, 'its text is not UTF-8');
  }
}
