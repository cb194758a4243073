import { WalletSessionsError } from '../errors.js';
import { rateLimited } from '../rate-limits/rate-limits.js';
import type { RefreshProof } from '../key-binding/proof.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import type { ClientInfo, SessionGrant } from '../sessions/session.js';
import {
  buildBridge,
  currentPairOf,
  hashToken,
  isSameHash,
  newDerivation,
  parseRefreshToken,
  deriveSuccessorTokens,
  type RefreshToken,
  type TokenPair,
} from '../sessions/token.js';
import type { OpenedRecord } from '../sessions/record.js';
import type { Replacement, RotationOutcome } from '../sessions/store.js';
import { identityOf } from '../accounts/wallet.js';
import { openSession, type SessionDomain } from './domain.js';

/**
 * Exchanges a refresh token for its successor pair and extends the idle timeout. A token works once. A repetition within
 * the grace period yields the same pair. A later repetition, if the successor pair was never used, replaces that pair: its
 * answer was lost or intercepted. Any other use of a token that this server issued revokes the session (RFC 9700 §4.14.2), and
 * no rate limit is checked before that.
 *
 * The tokens of a session that is bound to a key are exchanged only with a proof of that key. Without it nothing changes: no
 * token is used up, and reuse does not revoke the session.
 * @throws WalletSessionsError `REFRESH_TOKEN_INVALID`, whatever the reason; `RATE_LIMITED`,
 * `SERVICE_UNAVAILABLE`; KeyProofRefused
 */
export async function refreshSession(
  domain: SessionDomain,
  refreshToken: string,
  source: ClientInfo,
  proof?: RefreshProof,
): Promise<SessionGrant> {
  let grant: SessionGrant | undefined;
  try {
    grant = await exchangeRefreshToken(domain, refreshToken, source, proof);
  } catch (error) {
    // The token may be stolen: without the key it proves nothing.
    if (error instanceof KeyProofRefused && error.refusal !== 'NONCE') {
      await domain.rateLimits.countForNetwork('refresh', source);
    }
    throw error;
  }
  if (grant !== undefined) return grant;
  await domain.rateLimits.countForNetwork('refresh', source);
  throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
}

/**
 * Exchanges the token. Only an exchange that rotates the tokens counts towards the limit of its session, whose record has
 * the count. Reuse is detected before the limit is checked.
 * @returns `undefined` if the token proves nothing: this server did not issue it, or its session has ended
 * @throws WalletSessionsError `REFRESH_TOKEN_INVALID` if the token has ended its session, or the session's record was
 * altered; `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
export async function exchangeRefreshToken(
  domain: SessionDomain,
  refreshToken: string,
  source: ClientInfo,
  proof?: RefreshProof,
): Promise<SessionGrant | undefined> {
  const { store, keys, policy, clock, audit, rateLimits } = domain;
  const token = parseRefreshToken(keys, refreshToken);
  if (token === undefined) return undefined;
  const now = clock.now();
  const presented = new Map(keys.ids.map((id) => [id, hashToken(keys, id, token.text)]));
  const known = await findLivingSession(domain, token, { now, source, proof, presented });
  if (known === undefined) return undefined;

  const limit = rateLimits.rateOfSessions('refresh');
  const exchange = ({ hashes }: TokenPair, replaces?: Replacement) => {
    const { timeout, refreshGrace: grace } = policy;
    const { generation } = token;
    const rotation = { generation, presented, successor: hashes, timeout, grace, replaces, limit };
    return store.rotate(token.partition, token.sessionId, rotation, now);
  };
  let proposed = deriveSuccessorTokens(keys, token, newDerivation(keys, token.generation + 1));
  let outcome: RotationOutcome = await exchange(proposed);
  // Repeated if another request has replaced the pair first.
  while (outcome.kind === 'unused') {
    const { generation } = outcome.record;
    const replaced = currentPairOf(keys, token, outcome.record);
    if (replaced === undefined) throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
    const derivation = newDerivation(keys, generation + 1);
    proposed = deriveSuccessorTokens(keys, token, derivation);
    const bridge = buildBridge(keys, token, derivation, replaced);
    outcome = await exchange(proposed, { generation, bridge });
  }
  if (outcome.kind === 'unknown') return undefined;
  if (outcome.kind === 'limited') throw rateLimited(outcome.retryIn);

  if (outcome.kind === 'reused') {
    const { partition, sessionId } = token;
    const session = openSession(domain, partition, outcome.record);
    const { reason, expiresAt } = outcome.revocation;
    const which = { at: now, partition, ...(session && identityOf(session)), sessionId, source };
    audit({ type: 'session.token-reused', ...which });
    audit({ type: 'session.revoked', ...which, reason, expiresAt });
    await store.confirm(partition, [outcome.revocation]);
    throw new WalletSessionsError('REFRESH_TOKEN_INVALID');
  }

  const { record } = outcome;
  // A repetition derives its pair from the record.
  const pair = outcome.kind === 'rotated' ? proposed : currentPairOf(keys, token, record);
  const session = openSession(domain, token.partition, record, known);
  if (session === undefined || pair === undefined) {
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

interface Exchange {
  readonly now: number;
  readonly source: ClientInfo;
  readonly proof: RefreshProof | undefined;
  /** The hash of the token under each key of the ring. */
  readonly presented: ReadonlyMap<string, Uint8Array>;
}

/**
 * Finds the living session of which the token is the current one, or one that was used in it. If the session is bound to a
 * key, the key is proved before anything is counted or changed: the binding never changes, so the rotation need not look
 * again. If another exchange uses the current token before the rotation, the rotation notices.
 * @returns `undefined` if the token is of no living session
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; KeyProofRefused
 */
async function findLivingSession(
  domain: SessionDomain,
  token: RefreshToken,
  { now, source, proof, presented }: Exchange,
): Promise<OpenedRecord | undefined> {
  const { store, keyProofs } = domain;
  const record = await store.find(token.partition, token.sessionId);
  if (record === undefined || record.expiresAt <= now) return undefined;
  const { generation, keyId, refreshHash } = record;
  if (token.generation > generation) return undefined;
  const isCurrent = token.generation === generation;
  if (isCurrent && !isSameHash(presented.get(keyId), refreshHash)) return undefined;
  // An altered record yields no tokens, whatever the rotation does.
  const session = openSession(domain, token.partition, record);
  if (session?.keyThumbprint !== undefined) await keyProofs.ofRefresh(session, proof, source);
  return { record, session };
}
