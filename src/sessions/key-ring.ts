import { createHmac, hkdfSync } from 'node:crypto';

/** A server secret as an operator configures it. */
export interface SecretKey {
  /** 1 to 16 characters of `[A-Za-z0-9_-]`. Stored with everything that the key encrypts or hashes. */
  readonly id: string;
  /** 32 bytes or more, from a cryptographic random source. */
  readonly secret: Uint8Array;
}

/** The purposes of a secret. A separate key is derived for each (HKDF, RFC 5869). */
interface DerivedKey {
  readonly id: string;
  readonly purposes: Readonly<Record<Purpose, Buffer>>;
}

export type Purpose =
  | 'token-hash'
  | 'token-tag'
  | 'token-successor'
  | 'record-encryption'
  | 'rate-limit-name'
  | 'identity-token'
  | 'proof-nonce'
  | 'device-registration'
  | 'device-renewal'
  | 'device-cookie';

/**
 * The service's keys, newest first. The first one encrypts and hashes; all of them decrypt and verify. To rotate, add a
 * new key to every instance at the end of the list, then move it to the front. Re-encrypt the records (`rotateKeys`), and
 * remove the old key once nothing uses it. See `docs/operating.md`.
 */
export interface KeyRing {
  readonly currentId: string;
  readonly ids: readonly string[];
  has(keyId: string): boolean;
  /**
   * Computes the HMAC-SHA-256 of the parts under the key for that purpose.
   * @throws RangeError for a key id that is not in the ring
   */
  mac(keyId: string, purpose: Purpose, ...parts: (string | Uint8Array)[]): Buffer;
}

export const MIN_SECRET_LENGTH = 32;

/** @throws RangeError if there is no key, a key is too short, or an id is malformed or used twice */
export function createKeyRing(keys: readonly SecretKey[]): KeyRing {
  const current = keys[0];
  if (current === undefined) throw new RangeError('A key ring needs at least one key.');
  const derived = new Map<string, DerivedKey>();
  for (const key of keys) {
    if (!/^[\w-]{1,16}$/.test(key.id)) {
      throw new RangeError('A key id is 1 to 16 letters, digits, "_" or "-".');
    }
    if (derived.has(key.id)) throw new RangeError(`The key id "${key.id}" is used twice.`);
    if (key.secret.byteLength < MIN_SECRET_LENGTH) {
      throw new RangeError(`The key "${key.id}" is shorter than ${MIN_SECRET_LENGTH} bytes.`);
    }
    derived.set(key.id, derive(key));
  }
  return {
    currentId: current.id,
    ids: keys.map((key) => key.id),
    has: (keyId) => derived.has(keyId),
    mac(keyId, purpose, ...parts) {
      const key = derived.get(keyId);
      if (key === undefined) throw new RangeError(`No key "${keyId}" in the ring.`);
      const mac = createHmac('sha256', key.purposes[purpose]);
      for (const part of parts) {
        // Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") have different MACs.
        mac.update(lengthOf(part)).update(part);
      }
      return mac.digest();
    },
  };
}

function derive({ id, secret }: SecretKey): DerivedKey {
  const keyFor = (purpose: Purpose) =>
    Buffer.from(hkdfSync('sha256', secret, '', `wallet-sessions/${purpose}`, 32));
  return {
    id,
    purposes: {
      'token-hash': keyFor('token-hash'),
      'token-tag': keyFor('token-tag'),
      'token-successor': keyFor('token-successor'),
      'record-encryption': keyFor('record-encryption'),
      'rate-limit-name': keyFor('rate-limit-name'),
      'identity-token': keyFor('identity-token'),
      'proof-nonce': keyFor('proof-nonce'),
      'device-registration': keyFor('device-registration'),
      'device-renewal': keyFor('device-renewal'),
      'device-cookie': keyFor('device-cookie'),
    },
  };
}

function lengthOf(part: string | Uint8Array): Buffer {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(typeof part === 'string' ? Buffer.byteLength(part) : part.byteLength);
  return length;
}

/** The keys that a text names; or, in words, what it must be. */
export type ReadSessionKeys = { readonly keys: SecretKey[] } | { readonly problem: string };

const MAKE_ONE = '`npx wallet-sessions-service keys generate`';

/** Reads keys as `SESSION_KEYS` has them: `id:base64`, newest first, separated by commas. */
export function readSessionKeys(text: string): ReadSessionKeys {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) return { problem: `are missing: ${MAKE_ONE} makes one` };
  if (!items.every((item) => /^[\w-]{1,16}:[\w+/=-]+$/.test(item))) {
    return { problem: 'must be keys of the form id:base64, separated by commas' };
  }
  const keys = items.map(readKey);
  if (!keys.every(({ secret }) => secret.byteLength >= MIN_SECRET_LENGTH)) {
    const least = `${MIN_SECRET_LENGTH} bytes or more: ${MAKE_ONE} makes one`;
    return { problem: `must have keys of ${least}` };
  }
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) {
    return { problem: 'must not have two keys of one id' };
  }
  return { keys };
}

/**
 * Parses the `keys` of `createWalletSessions` from the form that the service reads and `npx wallet-sessions-service keys generate`
 * prints: `id:base64`, newest first, separated by commas.
 * @throws RangeError for a missing, empty or malformed text
 * @example
 * ```ts
 * const keys = parseSessionKeys(process.env.SESSION_KEYS);
 * ```
 */
export function parseSessionKeys(text: string | undefined): SecretKey[] {
  const read = readSessionKeys(text ?? '');
  if ('problem' in read) throw new RangeError(`The session keys ${read.problem}.`);
  return read.keys;
}

function readKey(item: string): SecretKey {
  const separator = item.indexOf(':');
  const secret = Buffer.from(item.slice(separator + 1), 'base64');
  return { id: item.slice(0, separator), secret };
}
