import { WalletSessionsError } from '../../errors.js';
import type { Actor } from '../audit.js';
import type { RequestSource, Revocation, RevocationReason, SessionId } from '../session.js';
import type { Selection } from '../store.js';
import { isSessionId } from '../token.js';
import { partitionOf, type Wallet } from '../wallet.js';
import { auditEnds } from './audit-ends.js';
import type { SessionDomain } from './domain.js';

/**
 * Ends one session of the wallet.
 * @param actor the administrator who does it, if it is one
 * @throws WalletSessionsError `SESSION_NOT_FOUND` where the wallet has none with that id, be it
 * another wallet's, already ended or made up; `SERVICE_UNAVAILABLE`
 */
export async function revokeSession(
  domain: SessionDomain,
  wallet: Wallet,
  id: string,
  reason: RevocationReason,
  source: RequestSource,
  actor?: Actor,
): Promise<Revocation> {
  const ended = isSessionId(id)
    ? await revoke(domain, wallet, { only: id }, reason, source, actor)
    : [];
  const [revocation] = ended;
  if (revocation === undefined) throw new WalletSessionsError('SESSION_NOT_FOUND');
  return revocation;
}

/**
 * Ends every session of the wallet, or every one but `keep`, in one atomic step.
 * @param actor the administrator who does it, if it is one
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export function revokeAllSessions(
  domain: SessionDomain,
  wallet: Wallet,
  keep: SessionId | undefined,
  reason: RevocationReason,
  source: RequestSource,
  actor?: Actor,
): Promise<Revocation[]> {
  const selection = keep === undefined ? 'all' : { allBut: keep };
  return revoke(domain, wallet, selection, reason, source, actor);
}

async function revoke(
  domain: SessionDomain,
  wallet: Wallet,
  selection: Selection,
  reason: RevocationReason,
  source: RequestSource,
  actor: Actor | undefined,
): Promise<Revocation[]> {
  const { store, clock } = domain;
  const partition = partitionOf(wallet);
  const ended = await store.revoke(partition, selection, reason, clock.now());
  // They have ended, whether or not that can be confirmed.
  auditEnds(domain, wallet, ended, source, actor);
  await store.confirm?.(partition, ended);
  // What had already expired was found, not ended, by this call.
  return ended.filter((revocation) => revocation.reason === reason);
}
