import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import { pooledRandomBytes } from '../random-bytes.js';
import { copyString } from '../copy-string.js';
import type { Partition } from '../accounts/wallet.js';
import type { SessionId } from './session.js';

/**
 * Tokens are opaque to clients. For the service, both kinds contain the partition of the wallet and the session id,
 * followed by a secret of 256 random bits:
 *
 *     access    wsa_ ‖ partition (20) ‖ session id (20) ‖ secret (43)
 *     refresh   wsr_ ‖ partition (20) ‖ session id (20) ‖ generation (4) ‖ secret and tag (64)
 *
 * The store keeps only a keyed hash of each. The tag of a refresh token is a MAC over everything before it. By the tag,
 * the service distinguishes tokens that it issued from forged ones without keeping the hashes of used tokens: a used token
 * of any generation revokes the session (reuse detection, RFC 9700, section 4.14.2), and a forged one does not.
 *
 * The prefixes let secret scanners find leaked tokens.
 */
export interface AccessToken {
  readonly text: string;
  readonly partition: Partition;
  readonly sessionId: SessionId;
}

export interface RefreshToken extends AccessToken {
  /** The number of refreshes before this token; 0 for the first token of a session. */
  readonly generation: number;
  readonly secret: Buffer;
}

/** The stored form of a pair of tokens. */
export interface TokenHashes {
  /** The key under which the hashes were made. */
  readonly keyId: string;
  readonly accessHash: Uint8Array;
  readonly refreshHash: Uint8Array;
  /** The salt from which the pair was derived; see {@link deriveSuccessorTokens}. */
  readonly salt: Uint8Array;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly hashes: TokenHashes;
}

const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
const GENERATION_BYTES = 3;

const ACCESS = /^wsa_([\w-]{20})([\w-]{20})[\w-]{43}$/;
const REFRESH = /^wsr_([\w-]{20})([\w-]{20})([\w-]{4})([\w-]{64})$/;
/** The offset of the session id in an access token. */
const ACCESS_ID_START = 'wsa_'.length + 20;
/** The offset of the secret in a refresh token. */
const NAMES_LENGTH = 'wsr_'.length + 20 + 20 + 4;

/** Creates the first pair of a session. Both secrets come from `crypto.randomBytes`. */
export function firstTokens(keys: KeyRing, partition: Partition, sessionId: SessionId): TokenPair {
  const secrets = randomBytes(2 * SECRET_BYTES);
  return pairOf(keys, keys.currentId, { partition, sessionId }, 0, {
    access: secrets.subarray(0, SECRET_BYTES),
    refresh: secrets.subarray(SECRET_BYTES),
    salt: pooledRandomBytes(SALT_BYTES),
  });
}

/** How a pair was derived from the refresh token that it was exchanged for. */
export interface Derivation {
  readonly keyId: string;
  readonly salt: Uint8Array;
  /** The generation of the derived pair. */
  readonly generation: number;
}

/** A new derivation, with the current key. */
export function newDerivation(keys: KeyRing, generation: number): Derivation {
  return { keyId: keys.currentId, salt: pooledRandomBytes(SALT_BYTES), generation };
}

/**
 * Derives the pair for which a refresh token is exchanged, from the token, a salt and a server key. A repeated refresh
 * derives the same pair from the salt in the record, although only hashes are stored. The record, the key and the used
 * token are all necessary to derive it.
 */
export function deriveSuccessorTokens(
  keys: KeyRing,
  token: RefreshToken,
  derivation: Derivation,
): TokenPair {
  return pairFromSeed(keys, token, derivation, seedFrom(keys, token, derivation));
}

/**
 * Encrypts the new pair so that the refresh token of the replaced pair also derives it ({@link crossBridge}). Without
 * that token, the bridge is useless.
 * @param token the refresh token for which both pairs were exchanged
 * @param derivation the derivation of the new pair
 */
export function buildBridge(
  keys: KeyRing,
  token: RefreshToken,
  derivation: Derivation,
  replaced: TokenPair,
): Buffer {
  const seed = seedFrom(keys, token, derivation);
  return xor(seed, maskFrom(keys, replaced.refreshToken, derivation));
}

/** Derives the pair that replaced the token's own pair. */
function crossBridge(
  keys: KeyRing,
  replaced: RefreshToken,
  derivation: Derivation,
  bridge: Uint8Array,
): TokenPair {
  const seed = xor(bridge, maskFrom(keys, replaced.text, derivation));
  return pairFromSeed(keys, replaced, derivation, seed);
}

function seedFrom(keys: KeyRing, token: RefreshToken, { keyId, salt }: Derivation): Buffer {
  return keys.mac(keyId, 'token-successor', 'seed', token.text, salt);
}

function maskFrom(keys: KeyRing, replaced: string, { keyId, salt }: Derivation): Buffer {
  return keys.mac(keyId, 'token-successor', 'bridge', replaced, salt);
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}

function pairFromSeed(
  keys: KeyRing,
  names: RefreshToken,
  { keyId, salt, generation }: Derivation,
  seed: Buffer,
): TokenPair {
  const secretOf = (kind: string) => keys.mac(keyId, 'token-successor', kind, seed);
  return pairOf(keys, keyId, names, generation, {
    access: secretOf('access'),
    refresh: secretOf('refresh'),
    salt,
  });
}

/** Returns the characters at the place of the session id. Does not check that the string is an access token. */
export function sessionIdIn(accessToken: string): SessionId {
  return accessToken.slice(ACCESS_ID_START, ACCESS_ID_START + 20) as SessionId;
}

/** Returns `undefined` if the string does not have the form of an access token. */
export function parseAccessToken(text: string): AccessToken | undefined {
  const parts = ACCESS.exec(text);
  if (parts === null) return undefined;
  return { text, ...namesIn(parts) };
}

/**
 * Returns `undefined` for any value that this service did not issue under one of the keys of the ring. The value need not
 * be a string.
 */
export function parseRefreshToken(keys: KeyRing, text: unknown): RefreshToken | undefined {
  const parts = typeof text === 'string' ? REFRESH.exec(text) : null;
  if (parts === null) return undefined;
  const secretAndTag = Buffer.from(parts[4] as string, 'base64url');
  const secret = secretAndTag.subarray(0, SECRET_BYTES);
  const tag = secretAndTag.subarray(SECRET_BYTES);
  const names = parts[0].slice(0, NAMES_LENGTH);
  const genuine = keys.ids.some((keyId) => timingSafeEqual(tagOf(keys, keyId, names, secret), tag));
  if (!genuine) return undefined;
  return {
    text: parts[0],
    ...namesIn(parts),
    generation: Buffer.from(parts[3] as string, 'base64url').readUIntBE(0, GENERATION_BYTES),
    secret,
  };
}

/** Copies partition and session id, which outlive the request, so that they do not keep the token or its header alive. */
function namesIn([, partition = '', sessionId = '']: RegExpExecArray) {
  return {
    partition: copyString(partition) as Partition,
    sessionId: copyString(sessionId) as SessionId,
  };
}

/** Hashes a token for the store: a keyed hash over the whole token, including wallet and session id. */
export function hashToken(keys: KeyRing, keyId: string, text: string): Buffer {
  return keys.mac(keyId, 'token-hash', text);
}

/** Whether a token has that hash. Hashes under a removed key match no token. */
export function matchesHash(keys: KeyRing, keyId: string, text: string, hash: Uint8Array): boolean {
  return isSameHash(keys.has(keyId) ? hashToken(keys, keyId, text) : undefined, hash);
}

/** Compares in constant time. */
export function isSameHash(expected: Uint8Array | undefined, hash: Uint8Array): boolean {
  return expected?.byteLength === hash.byteLength && timingSafeEqual(expected, hash);
}

interface Secrets {
  readonly access: Buffer;
  readonly refresh: Buffer;
  readonly salt: Uint8Array;
}

function pairOf(
  keys: KeyRing,
  keyId: string,
  { partition, sessionId }: { partition: Partition; sessionId: SessionId },
  generation: number,
  { access, refresh, salt }: Secrets,
): TokenPair {
  const counter = Buffer.allocUnsafe(GENERATION_BYTES);
  counter.writeUIntBE(generation, 0, GENERATION_BYTES);
  const accessToken = `wsa_${partition}${sessionId}${access.toString('base64url')}`;
  const names = `wsr_${partition}${sessionId}${counter.toString('base64url')}`;
  const tag = tagOf(keys, keyId, names, refresh);
  const refreshToken = names + Buffer.concat([refresh, tag]).toString('base64url');
  return {
    accessToken,
    refreshToken,
    hashes: {
      keyId,
      accessHash: hashToken(keys, keyId, accessToken),
      refreshHash: hashToken(keys, keyId, refreshToken),
      salt,
    },
  };
}

function tagOf(keys: KeyRing, keyId: string, names: string, secret: Uint8Array): Buffer {
  return keys.mac(keyId, 'token-tag', names, secret).subarray(0, TAG_BYTES);
}

/**
 * Derives the current pair of a record from the refresh token for which it was exchanged, or from that of the pair that it
 * replaced. Returns `undefined` for any other token, and if the key has been removed from the ring.
 */
export function currentPairOf(
  keys: KeyRing,
  token: RefreshToken,
  record: TokenHashes & Derivation & { readonly exchanged: number; readonly bridge: Uint8Array },
): TokenPair | undefined {
  if (!keys.has(record.keyId)) return undefined;
  const pair =
    token.generation === record.exchanged
      ? deriveSuccessorTokens(keys, token, record)
      : crossBridge(keys, token, record, record.bridge);
  return matchesHash(keys, record.keyId, pair.refreshToken, record.refreshHash) ? pair : undefined;
}
