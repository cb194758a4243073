import { identityOf, partitionOf } from '../accounts/wallet.js';
import { encryptDetails } from '../sessions/details.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { SessionDomain } from './domain.js';

/**
 * Binds a session to the key of its browser's device. The first binding of a session is the only one.
 * @returns false if the session has been bound or reauthenticated meanwhile, or has ended: nothing has changed
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function bindToDevice(
  domain: SessionDomain,
  session: Session,
  keyThumbprint: string,
  source: ClientInfo,
): Promise<boolean> {
  if (session.keyThumbprint !== undefined) return false;
  const { store, keys, clock, audit } = domain;
  const { id, authenticatedAt } = session;
  const now = clock.now();
  const partition = partitionOf(session);
  // Another time, so that details without the binding, which an instance has read before, cannot replace these.
  const bound = {
    ...{ ...session, keyThumbprint },
    deviceBoundAt: now,
    authenticatedAt: authenticatedAt + 1,
  };
  const details = encryptDetails(keys, partition, bound, bound);
  const isBound = await store.touch(partition, id, details, authenticatedAt, bound.authenticatedAt);
  if (isBound) {
    audit({ type: 'session.device-bound', at: now, ...identityOf(session), sessionId: id, source });
  }
  return isBound;
}
