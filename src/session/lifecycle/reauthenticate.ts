import { WalletSessionsError } from '../../errors.js';
import type { RequestSource, Session, SessionReference } from '../session.js';
import { identityOf, partitionOf } from '../wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * Notes that the wallet of the session has signed anew, just now. Tokens and expiries stay.
 * @throws WalletSessionsError `UNAUTHENTICATED` where the session has ended; `SERVICE_UNAVAILABLE`
 */
export async function reauthenticateSession(
  domain: SessionDomain,
  named: SessionReference,
  source: RequestSource,
): Promise<Session> {
  const now = domain.clock.now();
  const { id } = named;
  const partition = partitionOf(named);
  const record = await domain.store.reauthenticate(partition, id, now);
  const session = record && openSession(domain, partition, record);
  if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
  const which = { ...identityOf(named), sessionId: id };
  domain.audit({ type: 'session.reauthenticated', at: now, ...which, source });
  return session;
}

/**
 * Whether the wallet signed within the last `window` milliseconds (default: the policy's). For acts that a
 * stolen token alone must not be enough for (OWASP ASVS 3.7.1).
 */
export function isFreshlyAuthenticated(
  { clock, policy }: SessionDomain,
  session: Session,
  window = policy.freshWindow,
): boolean {
  return clock.now() - session.authenticatedAt < window;
}
