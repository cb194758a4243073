import { isUnavailable, WalletSessionsError } from '../errors.js';
import {
  isSessionId,
  type ClientInfo,
  type Revocation,
  type RevokeReason,
  type SessionId,
} from '../sessions/session.js';
import type { Actor } from '../audit/events.js';
import {
  REVOKED_AT_ONCE,
  type EndedSession,
  type RevokeOutcome,
  type Selection,
} from '../sessions/store.js';
import { partitionOf, type Wallet } from '../accounts/wallet.js';
import { auditEnds, confirmEnds, inSteps, notInPartition, type Ending } from './ends.js';
import type { SessionDomain } from './domain.js';

/** The reason of a revocation, and who requested it. */
interface RevocationCause {
  /** One of `REVOKE_REASONS`. */
  readonly reason: RevokeReason;
  /** The requesting client, for the audit log: `{}` if there is none. */
  readonly source: ClientInfo;
  /** The administrator who revokes, for the audit log. Default: the server itself. */
  readonly actor?: Actor | undefined;
}

/** The session that `SessionLifecycle.revoke` revokes. */
export interface RevokeRequest extends RevocationCause {
  /** The wallet whose session it is. A `Session` of the wallet is accepted as well. */
  readonly wallet: Wallet;
  /** The id of the session, as clients name it. */
  readonly sessionId: string;
}

/** The sessions that `SessionLifecycle.revokeAll` revokes. */
export interface RevokeAllRequest extends RevocationCause {
  /** The wallet whose sessions are revoked. A `Session` of the wallet is accepted as well. */
  readonly wallet: Wallet;
  /** The id of a session that stays. Default: none stays. */
  readonly keepSessionId?: SessionId | undefined;
}

/**
 * Revokes one session of the wallet.
 * @throws WalletSessionsError `SESSION_NOT_FOUND` if the wallet has no session with that id: it belongs to another wallet,
 * has already ended or never existed; `SERVICE_UNAVAILABLE`; the errors of {@link revoke}
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
 * Revokes one session of the wallet; resolves to `undefined` if the wallet has none with that id.
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
 * Revokes every session that the wallet has when the call begins, or all but `keep`. Up to 500 are revoked in one atomic
 * step, more in several, so that one wallet does not block the store for others.
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
 * @throws WalletSessionsError `UNAUTHENTICATED` if the authority has ended; `REAUTHENTICATION_REQUIRED` if it may not
 * revoke one of the selected sessions. In both cases none was revoked
 */
async function revoke(
  domain: SessionDomain,
  wallet: Wallet,
  selection: Selection,
  ending: Ending,
): Promise<Revocation[]> {
  const { reason, authority } = ending;
  const first = await step(domain, wallet, selection, ending);
  if (first.kind === 'unauthenticated') throw new WalletSessionsError('UNAUTHENTICATED');
  if (first.kind === 'protected') throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
  const all: EndedSession[] = [...first.ended];
  const failures: unknown[] = [];
  // The first step has checked that the authority is alive, and may have ended it.
  const later = { ...ending, authority: authority && notInPartition(authority, 'spare') };
  for (let { left } = first; left.length > 0; left = left.slice(REVOKED_AT_ONCE)) {
    try {
      all.push(...(await step(domain, wallet, { these: left }, later)).ended);
    } catch (error) {
      failures.push(error);
      break;
    }
  }
  const partition = partitionOf(wallet);
  // These sessions have ended, even if another step or the confirmation fails.
  auditEnds(domain, wallet, all, ending);
  await confirmEnds(domain, partition, all).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  // Leaves out sessions that had already expired.
  return all.filter((revocation) => revocation.reason === reason);
}

/**
 * Revokes as many of the selected sessions as one atomic step can. If the store does not answer, throws, and revokes all of
 * them as soon as the store answers again.
 */
async function step(
  { store, clock, unanswered }: SessionDomain,
  wallet: Wallet,
  selection: Selection,
  ending: Ending,
): Promise<RevokeOutcome> {
  const askedAt = clock.now();
  const { reason, authority } = ending;
  const [these] = selection !== 'all' && 'these' in selection ? inSteps(selection.these) : [];
  const selected = these === undefined ? selection : { these };
  try {
    return await store.revoke(partitionOf(wallet), selected, reason, askedAt, authority);
  } catch (error) {
    if (isUnavailable(error)) unanswered.add({ wallet, selection, ending, askedAt });
    throw error;
  }
}
