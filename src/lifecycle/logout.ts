import type { ClientInfo, Revocation, Session } from '../sessions/session.js';
import type { Authority } from '../sessions/store.js';
import type { SessionDomain } from './domain.js';
import { assertMayEndContracts, contractsOf, endContracts } from './contracts-of-account.js';
import { revokeAllSessions, revokeSession } from './revoke.js';

/** Which sessions {@link logoutAllSessions} ends. */
export interface LogoutAllRequest {
  /** Whether to keep the session in whose name the others end. Default false. */
  readonly keepCurrent?: boolean | undefined;
}

/**
 * Ends a session in the name of one of the same wallet: itself, or another whose wallet did not sign after its own wallet
 * did. A session that is fresh may end any.
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `SESSION_NOT_FOUND`, `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE`;
 * `RATE_LIMITED` where it ends another
 */
export async function logoutSession(
  domain: SessionDomain,
  by: Session,
  id: string,
  source: ClientInfo,
): Promise<Revocation> {
  // Ending itself is never refused.
  if (id !== by.id) await domain.rateLimits.countForSession('logout', by.id);
  const authority = authorityOf(domain, by);
  return revokeSession(domain, by, id, { reason: 'LOGOUT', source, authority });
}

/**
 * Ends every session of the wallet in the name of one of them, or every other one, by the same rule. Where it may not
 * end one of them, it ends none. A session of an account also ends those of contracts at its address (EIP-7702).
 * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`, `UNAUTHENTICATED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
export async function logoutAllSessions(
  domain: SessionDomain,
  by: Session,
  { keepCurrent = false }: LogoutAllRequest,
  source: ClientInfo,
): Promise<Revocation[]> {
  // Otherwise it ends itself, so it cannot repeat the act. A thief must not use up the owner's way to end all.
  if (keepCurrent) await domain.rateLimits.countForSession('logout', by.id);
  const authority = authorityOf(domain, by);
  const keep = keepCurrent ? by.id : undefined;
  const contracts = contractsOf(domain, by);
  await assertMayEndContracts(domain, contracts, authority);
  const ended = await revokeAllSessions(domain, by, keep, {
    reason: 'LOGOUT_ALL',
    source,
    authority,
  });
  return [...ended, ...(await endContracts(domain, contracts, source))];
}

function authorityOf({ clock, policy }: SessionDomain, by: Session): Authority {
  const { id: session, authenticatedAt } = by;
  return { session, authenticatedAt, freshAfter: clock.now() - policy.freshWindow };
}
