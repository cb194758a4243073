import { isUnavailable, WalletSessionsError } from '../errors.js';
import type { ClientInfo, Revocation, Session } from '../sessions/session.js';
import type { Authority } from '../sessions/store.js';
import type { SessionDomain } from './domain.js';
import {
  assertMayEndContracts,
  contractsOf,
  endContracts,
  endSessionOfContracts,
} from './contracts-of-account.js';
import { revokeAllSessions, revokeSessionIfAny } from './revoke.js';

/** Which sessions {@link logoutAllSessions} logs out. */
export interface LogoutAllRequest {
  /** Whether to keep the session on whose behalf the others are logged out. Default false. */
  readonly keepCurrent?: boolean | undefined;
}

/**
 * Logs out a session on behalf of one of the same wallet: that session itself, or another whose wallet signed no later. A
 * fresh session may log out any. By the same rule, a session of an account may log out sessions of contracts at its address
 * (EIP-7702).
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `SESSION_NOT_FOUND`, `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE`;
 * `RATE_LIMITED` if it logs out another
 */
export async function logoutSession(
  domain: SessionDomain,
  by: Session,
  id: string,
  source: ClientInfo,
): Promise<Revocation> {
  // A session may always log out itself.
  if (id !== by.id) await domain.rateLimits.countForSession('logout', by.id);
  const ending = {
    reason: 'LOGOUT',
    source,
    by: by.id,
    authority: authorityOf(domain, by),
  } as const;
  const ended =
    (await revokeSessionIfAny(domain, by, id, ending)) ??
    (await endSessionOfContracts(domain, contractsOf(domain, by), id, ending));
  if (ended === undefined) throw new WalletSessionsError('SESSION_NOT_FOUND');
  return ended;
}

/**
 * Logs out every session of the wallet on behalf of one of them, or every other one, by the same rule. If it may not log out one
 * of them, it logs out none. A session of an account also logs out those of contracts at its address (EIP-7702). A session that a
 * contract signs in to while the call runs stays, unless the requesting session is fresh.
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `UNAUTHENTICATED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
export async function logoutAllSessions(
  domain: SessionDomain,
  by: Session,
  { keepCurrent = false }: LogoutAllRequest,
  source: ClientInfo,
): Promise<Revocation[]> {
  // Without `keepCurrent` it also logs out itself and cannot repeat the call. No limit then: a thief must not exhaust
  // the owner's means to log out all sessions.
  if (keepCurrent) await domain.rateLimits.countForSession('logout', by.id);
  const authority = authorityOf(domain, by);
  const keep = keepCurrent ? by.id : undefined;
  const contracts = contractsOf(domain, by);
  const ending = { reason: 'LOGOUT_ALL', source, by: by.id, authority } as const;
  await assertMayEndContracts(domain, contracts, authority);
  let ended: Revocation[] = [];
  let unanswered: WalletSessionsError | undefined;
  try {
    ended = await revokeAllSessions(domain, by, keep, ending);
  } catch (error) {
    // Continues with the contracts: the session may end before it could retry.
    if (!isUnavailable(error)) throw error;
    unanswered = error;
  }
  ended.push(...(await endContracts(domain, contracts, ending)));
  if (unanswered !== undefined) throw unanswered;
  return ended;
}

/** Returns which sessions a session may log out now. */
export function authorityOf(
  { clock, policy }: SessionDomain,
  { id: session, authenticatedAt }: Pick<Session, 'id' | 'authenticatedAt'>,
): Authority {
  const freshAfter = clock.now() - policy.freshWindow;
  return { session, authenticatedAt, freshAfter, onProtected: 'refuse' };
}
