import { WalletSessionsError } from '../../errors.js';
import type { Actor } from '../audit.js';
import { isSessionId } from '../session-id.js';
import type { RequestSource, Revocation, RevocationReason, SessionId } from '../session.js';
import { REVOKED_AT_ONCE, type EndedSession, type Selection } from '../store.js';
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
    ? await revoke(domain, wallet, { these: [id] }, reason, source, actor)
    : [];
  const [revocation] = ended;
  if (revocation === undefined) throw new WalletSessionsError('SESSION_NOT_FOUND');
  return revocation;
}

/**
 * Ends every session of the wallet, or every one but `keep`: those that are there when it begins. Up to 500 end
 * in one atomic step, more in several, so that no wallet keeps the store from others.
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
  const all: EndedSession[] = [];
  const unconfirmed: unknown[] = [];
  const step = async (selected: Selection) => {
    const { ended, left } = await store.revoke(partition, selected, reason, clock.now());
    // They have ended, whether or not that can be confirmed, and whatever becomes of the next step.
    auditEnds(domain, wallet, ended, source, actor);
    all.push(...ended);
    await store.confirm(partition, ended).catch((error: unknown) => unconfirmed.push(error));
    return left;
  };
  const left = await step(selection);
  for (let start = 0; start < left.length; start += REVOKED_AT_ONCE) {
    await step({ these: left.slice(start, start + REVOKED_AT_ONCE) });
  }
  if (unconfirmed.length > 0) throw unconfirmed[0];
  // What had already expired was found, not ended, by this call.
  return all.filter((revocation) => revocation.reason === reason);
}
