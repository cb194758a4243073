import type { KeyRing } from '../sessions/key-ring.js';
import type { SessionRecord } from '../sessions/store.js';
import {
  crossBridge,
  matchesHash,
  succeed,
  type RefreshToken,
  type TokenPair,
} from '../sessions/token.js';

/**
 * The current pair of a record, derived from the refresh token that it was exchanged for, or from that of the pair that it
 * replaced. `undefined` for any other token, and if its key has left the ring.
 */
export function currentPairOf(
  keys: KeyRing,
  token: RefreshToken,
  record: SessionRecord,
): TokenPair | undefined {
  if (!keys.has(record.keyId)) return undefined;
  const pair =
    token.generation === record.exchanged
      ? succeed(keys, token, record)
      : crossBridge(keys, token, record, record.bridge);
  return matchesHash(keys, record.keyId, pair.refreshToken, record.refreshHash) ? pair : undefined;
}
