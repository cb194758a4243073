import type { KeyRing } from '../sessions/key-ring.js';
import type { SessionRecord } from '../sessions/store.js';
import {
  crossBridge,
  matchesHash,
  deriveSuccessorTokens,
  type RefreshToken,
  type TokenPair,
} from '../sessions/token.js';

/**
 * Derives the current pair of a record from the refresh token for which it was exchanged, or from that of the pair that it
 * replaced. Returns `undefined` for any other token, and if the key has been removed from the ring.
 */
export function currentPairOf(
  keys: KeyRing,
  token: RefreshToken,
  record: SessionRecord,
): TokenPair | undefined {
  if (!keys.has(record.keyId)) return undefined;
  const pair =
    token.generation === record.exchanged
      ? deriveSuccessorTokens(keys, token, record)
      : crossBridge(keys, token, record, record.bridge);
  return matchesHash(keys, record.keyId, pair.refreshToken, record.refreshHash) ? pair : undefined;
}
