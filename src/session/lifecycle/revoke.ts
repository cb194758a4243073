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
  const failures: unknown[] = [];
  const step = async (selected: Selection) => {
    const { ended, left } = await store.revoke(partition, selected, reason, clock.now());
    all.push(...ended);
    return left;
  };
  try {
    for (const ids of inSteps(await step(selection))) await step({ these: ids });
  } catch (error) {
    failures.push(error);
  }
  // They have ended, whatever became of other steps, and whether or not that can be confirmed.
  auditEnds(domain, wallet, all, source, actor);
  const first = all.slice(0, REVOKED_AT_ONCE);
  const confirmations = [first, ...inSteps(all.slice(REVOKED_AT_ONCE))].map((ended) =>
    store.confirm(partition, ended).catch((error: unknown) => failures.push(error)),
  );
  await Promise.all(confirmations);
  if (failures.length > 0) throw failures[0];
  // What had already expired was found, not ended, by this call.
  return all.filter((revocation) => revocation.reason === reason);
}

/** In parts that one step can take; none of nothing. */
function inSteps<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / REVOKED_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * REVOKED_AT_ONCE, (index + 1) * REVOKED_AT_ONCE),
  );
}
