import { WalletSessionsError } from '../errors.js';
import { encryptDetails } from '../sessions/details.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import { identityOf, partitionOf } from '../accounts/wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * Records that the session's wallet has just signed again. Tokens and timeouts do not change.
 * @throws WalletSessionsError `UNAUTHENTICATED` if the session has ended; `SERVICE_UNAVAILABLE`
 */
export async function reauthenticateSession(
  domain: SessionDomain,
  session: Session,
  source: ClientInfo,
): Promise<Session> {
  const now = domain.clock.now();
  const { id } = session;
  const partition = partitionOf(session);
  const to = { ...session, authenticatedAt: now };
  const details = encryptDetails(domain.keys, partition, to, session);
  const record = await domain.store.reauthenticate(partition, id, details, now);
  const renewed = record && openSession(domain, partition, record);
  if (renewed === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
  const which = { ...identityOf(session), sessionId: id };
  domain.audit({ type: 'session.reauthenticated', at: now, ...which, source });
  return renewed;
}

/**
 * Whether the wallet signed within the last `window` milliseconds (default: `SessionPolicy.freshWindow`). For acts that
 * must not be possible with a stolen token alone (OWASP ASVS 3.7.1).
 */
export function isFreshlyAuthenticated(
  { clock, policy }: SessionDomain,
  session: Session,
  window = policy.freshWindow,
): boolean {
  return clock.now() - session.authenticatedAt < window;
}
