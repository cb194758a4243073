import type { Session } from '../session.js';
import { partitionOf, type Wallet } from '../wallet.js';
import type { SessionDomain } from './domain.js';
import { openSession } from './open.js';

/**
 * The wallet's active sessions, newest first.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function listSessions(domain: SessionDomain, wallet: Wallet): Promise<Session[]> {
  const partition = partitionOf(wallet);
  const records = await domain.store.list(partition, domain.clock.now());
  const sessions: Session[] = [];
  for (const record of records) {
    const session = openSession(domain, partition, record);
    if (session !== undefined) sessions.push(session);
  }
  return sessions.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}
