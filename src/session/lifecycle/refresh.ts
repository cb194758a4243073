import { WalletSessionsError } from '../../errors.js';
import type { RequestSource, SessionGrant } from '../session.js';
import { hashToken, matchesHash, parseRefreshToken, succeed } from '../token.js';
import { identityOf } from '../wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * Exchanges a refresh token for its successor pair and moves the idle timeout. A token works once; its
 * repetition within the grace window, while the successor is unused, gets the same successor pair.
 * Any other use of a token that this server issued ends the session (RFC 9700 §4.14.2).
 * @throws WalletSessionsError `REFRESH_TOKEN_INVALID`, whatever the reason; `RATE_LIMITED`,
 * `SERVICE_UNAVAILABLE`
 */
export async function refreshSession(
  domain: SessionDomain,
  refreshToken: string,
  source: RequestSource,
): Promise<SessionGrant> {
  const { store, keys, policy, clock, audit, rateLimits } = domain;
  await rateLimits.countForNetwork('refresh', source);
  const token = parseRefreshToken(keys, refreshToken);
  if (token === undefined) throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
  const now = clock.now();
  // Its tag shows that the wallet once got this token. Of a session that has ended anybody may have kept it.
  await rateLimits.countForWallet('refresh', token.partition, async () => {
    const record = await store.find(token.partition, token.sessionId);
    return record !== undefined && record.expiresAt > now;
  });

  const proposed = succeed(keys, token);
  const outcome = await store.rotate(
    token.partition,
    token.sessionId,
    {
      generation: token.generation,
      presented: new Map(keys.ids.map((id) => [id, hashToken(keys, id, token.text)])),
      successor: proposed.hashes,
      timeout: policy.timeout,
      grace: policy.refreshGrace,
    },
    now,
  );

  if (outcome.kind === 'reused') {
    const { partition, sessionId } = token;
    const session = openSession(domain, partition, outcome.record);
    const { reason, expiresAt } = outcome.revocation;
    const which = { at: now, partition, ...(session && identityOf(session)), sessionId, source };
    audit({ type: 'session.token-reused', ...which });
    audit({ type: 'session.revoked', ...which, reason, expiresAt });
    await store.confirm(partition, [outcome.revocation]);
  }
  if (outcome.kind === 'reused' || outcome.kind === 'unknown') {
    throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
  }

  const { record } = outcome;
  // A repetition derives its pair with the key and the salt that the first one left in the record.
  const pair =
    outcome.kind === 'rotated' || !keys.has(record.keyId)
      ? proposed
      : succeed(keys, token, record.keyId, record.salt);
  const session = openSession(domain, token.partition, record);
  if (
    session === undefined ||
    !matchesHash(keys, record.keyId, pair.refreshToken, record.refreshHash)
  ) {
    throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
  }
  if (outcome.kind === 'rotated') {
    const which = { ...identityOf(session), sessionId: session.id };
    const { expiresAt } = session;
    const { expiredAt } = outcome;
    audit({ type: 'session.refreshed', at: now, ...which, expiresAt, expiredAt, source });
  }
  const { accessToken, refreshToken: successor } = pair;
  return { session, accessToken, refreshToken: successor, issuedAt: now };
}
