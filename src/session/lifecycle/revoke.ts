import { WalletSessionsError } from '../../errors.js';
import type { RequestSource, Revocation, RevocationReason, SessionId } from '../session.js';
import type { Selection } from '../store.js';
import { isSessionId } from '../token.js';
import { partitionOf, type Address } from '../wallet.js';
import type { SessionDomain } from './domain.js';

/**
 * Ends one session of the wallet.
 * @throws WalletSessionsError `SESSION_NOT_FOUND` where the wallet has none with that id, be it
 * another wallet's, already ended or made up; `SERVICE_UNAVAILABLE`
 */
export async function revokeSession(
  domain: SessionDomain,
  wallet: Address,
  id: string,
  reason: RevocationReason,
  source: RequestSource,
): Promise<Revocation> {
  const ended = isSessionId(id) ? await revoke(domain, wallet, { only: id }, reason, source) : [];
  const [revocation] = ended;
  if (revocation === undefined) throw new WalletSessionsError('SESSION_NOT_FOUND');
  return revocation;
}

/**
 * Ends every session of the wallet, or every one but `keep`, in one atomic step.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export function revokeAllSessions(
  domain: SessionDomain,
  wallet: Address,
  keep: SessionId | undefined,
  reason: RevocationReason,
  source: RequestSource,
): Promise<Revocation[]> {
  return revoke(domain, wallet, keep === undefined ? 'all' : { allBut: keep }, reason, source);
}

async function revoke(
  { store, clock, audit }: SessionDomain,
  wallet: Address,
  selection: Selection,
  reason: RevocationReason,
  source: RequestSource,
): Promise<Revocation[]> {
  const ended = await store.revoke(partitionOf(wallet), selection, reason, clock.now());
  for (const { sessionId, reason: why, revokedAt } of ended) {
    audit({ type: 'session.revoked', at: revokedAt, wallet, sessionId, reason: why, source });
  }
  // What had already expired was found, not ended, by this call.
  return ended.filter((revocation) => revocation.reason === reason);
}
