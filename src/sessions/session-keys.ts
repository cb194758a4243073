import { MIN_SECRET_LENGTH, type SecretKey } from './key-ring.js';

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
 * Parses the `keys` of `createWalletSessions` from the form that the service reads and `wallet-sessions keys generate`
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
