import { newestFirst } from '../sessions/session-id.js';
import type { Session, SessionId } from '../sessions/session.js';
import type { PageRequest } from '../sessions/store.js';
import { partitionOf, type Wallet } from '../accounts/wallet.js';
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
  return sessions.sort(newestFirst);
}

/** A page of a wallet's active sessions: newest first. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /**
   * How many there are on all pages together. One whose record is gone or cannot be read, as after its key was
   * removed, counts until it expires, and is shown on no page.
   */
  readonly total: number;
  readonly hasPrevious: boolean;
  readonly hasMore: boolean;
  /** Give it as `after` to get the next page. `undefined` for a page on which nothing is. */
  readonly end: SessionId | undefined;
}

/**
 * A page of the wallet's active sessions. Those on other pages are not read.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function listSessionPage(
  domain: SessionDomain,
  wallet: Wallet,
  page: PageRequest,
): Promise<SessionPage> {
  const partition = partitionOf(wallet);
  const { records, ...place } = await domain.store.listPage(partition, page, domain.clock.now());
  const sessions = records.flatMap((record) => openSession(domain, partition, record) ?? []);
  return { sessions, ...place };
}
