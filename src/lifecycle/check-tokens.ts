import type { ClientInfo, Session } from '../sessions/session.js';
import type { SessionRecord } from '../sessions/store.js';
import { matchesHash, parseRefreshToken, type RefreshToken } from '../sessions/token.js';
import type { PresentedTokens } from './automatic-refresh.js';
import { currentPairOf } from './current-pair.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';
import type { Validation } from './validate.js';

/**
 * Validates a session by both its tokens without refreshing it. A used refresh token does not have its session revoked here. For
 * callers that cannot give the client new tokens.
 *
 * A refresh supersedes the access token of a pair immediately. A request that was sent before the new pair arrived is
 * accepted by its refresh token, as long as a refresh with it would yield tokens.
 * @throws WalletSessionsError from the function: `SERVICE_UNAVAILABLE`; `KEY_PROOF_REQUIRED` if the session is bound to a
 * key
 */
export type TokenCheck = (
  tokens: PresentedTokens,
  source: ClientInfo,
  options?: TokenCheckOptions,
) => Promise<Session | undefined>;

export interface TokenCheckOptions {
  /** Whether a refresh token that was never exchanged is accepted. Default true. */
  readonly current?: boolean | undefined;
}

export function createTokenCheck(domain: SessionDomain, validate: Validation): TokenCheck {
  return async ({ accessToken, refreshToken }, source, { current = true } = {}) => {
    const session = await validate(accessToken, source);
    if (session !== undefined || refreshToken === undefined) return session;
    const token = parseRefreshToken(domain.keys, refreshToken);
    if (token === undefined) return undefined;
    const { partition, sessionId } = token;
    const record = await domain.store.find(partition, sessionId);
    if (record === undefined || record.expiresAt <= domain.clock.now()) return undefined;
    if (!current && token.generation === record.generation) return undefined;
    const opened = openSession(domain, partition, record);
    // Both tokens came without a proof.
    if (opened?.keyThumbprint !== undefined) {
      await domain.keyProofs.ofRefresh(opened, undefined, source);
    }
    return (await proves(domain, token, record)) ? opened : undefined;
  };
}

/** Whether a refresh with the token would yield tokens. If it is the current token, marks its pair as used. */
async function proves(
  { store, keys, policy, clock }: SessionDomain,
  token: RefreshToken,
  record: SessionRecord,
): Promise<boolean> {
  const { keyId, generation, refreshHash, rotatedAt, used } = record;
  if (token.generation === generation) {
    if (!matchesHash(keys, keyId, token.text, refreshHash)) return false;
    return used || store.markUsed(token.partition, token.sessionId, generation);
  }
  const { refreshGrace: grace } = policy;
  const isUnused = token.generation === record.exchanged && !used && grace > 0;
  if (!isUnused && clock.now() >= rotatedAt + grace) return false;
  return currentPairOf(keys, token, record) !== undefined;
}
