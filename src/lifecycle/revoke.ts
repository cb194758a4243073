import { WalletSessionsError } from '../errors.js';
import type { Actor } from '../audit/events.js';
import { isSessionId } from '../sessions/session-id.js';
import type { ClientInfo, Revocation, RevocationReason, SessionId } from '../sessions/session.js';
import type { Authority, EndedSession, Selection } from '../sessions/store.js';
import { partitionOf, type Wallet } from '../accounts/wallet.js';
import { auditEnds } from './audit-ends.js';
import { confirmEnds, inSteps } from './confirm-ends.js';
import type { SessionDomain } from './domain.js';

/** The authority for a step that cannot look its session up, because it is elsewhere or has just ended. */
export function notInPartition(
  authority: Authority,
  onProtected: Authority['onProtected'],
): Authority {
  return { ...authority, session: undefined, onProtected };
}

/** How sessions are ended. */
export interface Ending {
  readonly reason: RevocationReason;
  readonly source: ClientInfo;
  /** The administrator who ends them, if one does. */
  readonly actor?: Actor | undefined;
  /** The session in whose name they are ended; without it, the server's own decision. */
  readonly authority?: Authority | undefined;
}

/**
 * Ends one session of the wallet.
 * @throws WalletSessionsError `SESSION_NOT_FOUND` where the wallet has none with that id, whether it is another
 * wallet's, has already ended or was made up; `SERVICE_UNAVAILABLE`; what {@link revoke} throws
 */
export async function revokeSession(
  domain: SessionDomain,
  wallet: Wallet,
  id: string,
  ending: Ending,
): Promise<Revocation> {
  const revocation = await revokeSessionIfAny(domain, wallet, id, ending);
  if (revocation === undefined) throw new WalletSessionsError('SESSION_NOT_FOUND');
  return revocation;
}

/**
 * Ends one session of the wallet; resolves to `undefined` if the wallet has none with that id.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; what {@link revoke} throws
 */
export async function revokeSessionIfAny(
  domain: SessionDomain,
  wallet: Wallet,
  id: string,
  ending: Ending,
): Promise<Revocation | undefined> {
  if (!isSessionId(id)) return undefined;
  const [revocation] = await revoke(domain, wallet, { these: [id] }, ending);
  return revocation;
}

/**
 * Ends every session of the wallet, or every one but `keep`: those that are there when it begins. Up to 500 end
 * in one atomic step, more in several, so that no wallet keeps the store from others.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; what {@link revoke} throws
 */
export function revokeAllSessions(
  domain: SessionDomain,
  wallet: Wallet,
  keep: SessionId | undefined,
  ending: Ending,
): Promise<Revocation[]> {
  return revoke(domain, wallet, keep === undefined ? 'all' : { allBut: keep }, ending);
}

/**
 * @throws WalletSessionsError `UNAUTHENTICATED` where the authority has ended, `REAUTHENTICATION_REQUIRED` where it may
 * not end one of the selected sessions: then none has ended
 */
async function revoke(
  domain: SessionDomain,
  wallet: Wallet,
  selection: Selection,
  { reason, source, actor, authority }: Ending,
): Promise<Revocation[]> {
  const { store, clock } = domain;
  const partition = partitionOf(wallet);
  const { kind, ended, left } = await store.revoke(
    partition,
    selection,
    reason,
    clock.now(),
    authority,
  );
  if (kind === 'unauthenticated') throw new WalletSessionsError('UNAUTHENTICATED');
  if (kind === 'protected') throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
  const all: EndedSession[] = [...ended];
  const failures: unknown[] = [];
  try {
    // The first step has checked that the authority is alive, and may have ended it.
    const checked = authority && notInPartition(authority, 'spare');
    for (const these of inSteps(left)) {
      all.push(...(await store.revoke(partition, { these }, reason, clock.now(), checked)).ended);
    }
  } catch (error) {
    failures.push(error);
  }
  // They have ended, whatever became of other steps, and whether or not that can be confirmed.
  auditEnds(domain, wallet, all, source, actor);
  await confirmEnds(domain, partition, all).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  // What had already expired was found, not ended, by this call.
  return all.filter((revocation) => revocation.reason === reason);
}
