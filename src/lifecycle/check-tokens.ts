import type { ClientInfo, Session } from '../sessions/session.js';
import type { SessionRecord } from '../sessions/store.js';
import { matchesHash, parseRefreshToken, succeed, type RefreshToken } from '../sessions/token.js';
import type { PresentedTokens } from './automatic-refresh.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';
import type { Validation } from './validate.js';

/**
 * Validates a session by both its tokens and changes nothing: no refresh, and no end of a session whose refresh token was
 * used before. For callers that cannot give the client new tokens.
 *
 * A refresh supersedes the access token of a pair at once. A request that was sent before the new pair arrived is let in
 * by its refresh token, for as long as a refresh with it would be repeated.
 * @throws WalletSessionsError from the function: `SERVICE_UNAVAILABLE`
 */
export function createTokenCheck(domain: SessionDomain, validate: Validation) {
  return async (
    { accessToken, refreshToken }: PresentedTokens,
    source: ClientInfo,
  ): Promise<Session | undefined> => {
    const session = await validate(accessToken, source);
    if (session !== undefined || refreshToken === undefined) return session;
    const token = parseRefreshToken(domain.keys, refreshToken);
    if (token === undefined) return undefined;
    const { partition, sessionId } = token;
    const record = await domain.store.find(partition, sessionId);
    if (record === undefined || record.expiresAt <= domain.clock.now()) return undefined;
    return proves(domain, token, record) ? openSession(domain, partition, record) : undefined;
  };
}

/** Whether the token is the session's current one, or the one before it within the grace time. */
function proves(
  { keys, policy, clock }: SessionDomain,
  token: RefreshToken,
  record: SessionRecord,
): boolean {
  const { keyId, generation, refreshHash, salt, rotatedAt } = record;
  if (!keys.has(keyId)) return false;
  if (token.generation === generation) return matchesHash(keys, keyId, token.text, refreshHash);
  if (token.generation !== generation - 1) return false;
  if (clock.now() >= rotatedAt + policy.refreshGrace) return false;
  return matchesHash(keys, keyId, succeed(keys, token, keyId, salt).refreshToken, refreshHash);
}
