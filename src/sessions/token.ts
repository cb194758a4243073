import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import { copyString } from '../copy-string.js';
import type { Partition } from '../accounts/wallet.js';
import type { SessionId } from './session.js';

/**
 * Tokens are opaque to clients. To the server both kinds name a session and the partition of its
 * wallet, and end in 256 bits that nobody can guess:
 *
 *     access    wsa_ ‖ partition (20) ‖ session id (20) ‖ secret (43)
 *     refresh   wsr_ ‖ partition (20) ‖ session id (20) ‖ generation (4) ‖ secret and tag (64)
 *
 * A store keeps a keyed hash of each and nothing else. The tag of a refresh token is a MAC over all
 * that precedes it: it lets the server tell a token that it once issued from one that somebody made
 * up, so that a used token of any generation ends the session (reuse detection, RFC 9700 §4.14.2)
 * while a forged one cannot, although the hashes of used tokens are not kept.
 *
 * The prefixes let secret scanners find a leaked token.
 */
export interface AccessToken {
  readonly text: string;
  readonly partition: Partition;
  readonly sessionId: SessionId;
}

export interface RefreshToken extends AccessToken {
  /** How many refreshes led to this token; the first has 0. */
  readonly generation: number;
  readonly secret: Buffer;
}

/** What a store keeps in place of a pair of tokens. */
export interface TokenHashes {
  /** The key under which the hashes were made. */
  readonly keyId: string;
  readonly accessHash: Uint8Array;
  readonly refreshHash: Uint8Array;
  /** Public randomness that went into the pair; see {@link succeed}. */
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
/** Where the session id of an access token begins. */
const ACCESS_ID_START = 'wsa_'.length + 20;
/** Where the secret of a refresh token begins. */
const NAMES_LENGTH = 'wsr_'.length + 20 + 20 + 4;

/** The first pair of a session: both secrets straight from `crypto.randomBytes`. */
export function firstTokens(keys: KeyRing, partition: Partition, sessionId: SessionId): TokenPair {
  return pairOf(keys, keys.currentId, { partition, sessionId }, 0, {
    access: randomBytes(SECRET_BYTES),
    refresh: randomBytes(SECRET_BYTES),
    salt: randomBytes(SALT_BYTES),
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
  return { keyId: keys.currentId, salt: randomBytes(SALT_BYTES), generation };
}

/**
 * The pair that a refresh token is exchanged for. It is derived from the token, a salt and a server key, so that a
 * repeated refresh yields the same pair from the salt in the record, though only hashes are stored. Neither the record,
 * nor the key, nor the used token alone yields it.
 */
export function succeed(keys: KeyRing, token: RefreshToken, derivation: Derivation): TokenPair {
  return pairFromSeed(keys, token, derivation, seedFrom(keys, token, derivation));
}

/**
 * Lets the refresh token of a replaced pair yield the pair that replaced it, too: {@link crossBridge}. It is of no use
 * without that token.
 * @param token the one that both pairs were exchanged for
 * @param derivation that of the new pair
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

/** The pair that replaced the one of the token. */
export function crossBridge(
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

/** What stands in an access token where its session id is; whether it is a token is not checked. */
export function sessionIdIn(accessToken: string): SessionId {
  return accessToken.slice(ACCESS_ID_START, ACCESS_ID_START + 20) as SessionId;
}

/** `undefined` for anything that is not of the form of an access token. */
export function parseAccessToken(text: string): AccessToken | undefined {
  const parts = ACCESS.exec(text);
  if (parts === null) return undefined;
  return { text, ...namesIn(parts) };
}

/** `undefined` for anything that this server, under any key of the ring, did not issue; what it is sent may be no text. */
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

/** Partition and session id, which outlive the request and must not keep the token in memory, or its header. */
function namesIn([, partition = '', sessionId = '']: RegExpExecArray) {
  return {
    partition: copyString(partition) as Partition,
    sessionId: copyString(sessionId) as SessionId,
  };
}

/** The stored form of a token: a keyed hash over all of it, so over wallet and session id too. */
export function hashToken(keys: KeyRing, keyId: string, text: string): Buffer {
  return keys.mac(keyId, 'token-hash', text);
}

/** Compares in constant time. A key that has left the ring matches nothing. */
export function matchesHash(keys: KeyRing, keyId: string, text: string, hash: Uint8Array): boolean {
  if (!keys.has(keyId)) return false;
  const expected = hashToken(keys, keyId, text);
  return expected.byteLength === hash.byteLength && timingSafeEqual(expected, hash);
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
