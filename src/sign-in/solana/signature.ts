import { createPublicKey, verify } from 'node:crypto';
import { addressOf } from '../../accounts/account-id.js';
import { decodeBase58 } from '../../accounts/base58.js';
import { publicKeyOf } from '../../accounts/solana.js';
import type { SignInMessage } from '../kind.js';
import { signedBytesOf } from './off-chain-message.js';

/** In bytes: R and S. */
const SIGNATURE_LENGTH = 64;

const HEXADECIMAL = /^0x[0-9a-f]{128}$/i;

/** 2^255 − 19: the coordinates of edwards25519 are below it. */
const P = 2n ** 255n - 19n;

/** The order of the base point: S must be below it (RFC 8032 §5.1.7). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The y of the points of order 8. */
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** The y of all points whose order divides 8. A signature by such a "key" can be made by anybody, for any message. */
const SMALL_ORDER = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

/** What stands before an ed25519 public key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Verifies ed25519 over the bytes as received (RFC 8032), strictly, so that no signature has a second form and no key is
 * anybody's: S is canonical, and neither the key nor R is a point of small order or has a second encoding.
 */
export function verifySolanaSignature(message: SignInMessage, signature: string): Promise<boolean> {
  return Promise.resolve(isSigned(message, signature));
}

function isSigned({ text, account }: SignInMessage, signature: string): boolean {
  const bytes = readSignature(signature);
  const key = publicKeyOf(addressOf(account));
  if (bytes === undefined || key === undefined) return false;
  if (littleEndian(bytes.subarray(32)) >= L) return false;
  if (!isStrictPoint(key) || !isStrictPoint(bytes.subarray(0, 32))) return false;
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI, key]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, signedBytesOf(text), publicKey, bytes);
}

/** Base58 of 64 bytes, or `0x` and 128 hexadecimal digits. */
function readSignature(signature: string): Buffer | undefined {
  return HEXADECIMAL.test(signature)
    ? Buffer.from(signature.slice(2), 'hex')
    : decodeBase58(signature, SIGNATURE_LENGTH);
}

/** OpenSSL accepts encodings of y beyond the prime, and points of small order. */
function isStrictPoint(encoded: Uint8Array): boolean {
  const y = littleEndian(encoded) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER.has(y);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
