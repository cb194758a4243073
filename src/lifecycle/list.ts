import { newestFirst, type Session, type SessionId } from '../sessions/session.js';
import type { PageRequest } from '../sessions/store.js';
import { partitionOf, type Wallet, type WalletIdentity } from '../accounts/wallet.js';
import { contractsOf } from './contracts-of-account.js';
import { openSession, type SessionDomain } from './domain.js';

/**
 * Returns the wallet's active sessions, newest first.
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

/** A page of a wallet's active sessions, newest first. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /**
   * The number of sessions on all pages. A session whose record is lost or cannot be read, for example because its key
   * was removed, is counted until it expires, although no page shows it.
   */
  readonly total: number;
  readonly hasPrevious: boolean;
  readonly hasMore: boolean;
  /** Pass it as `after` to get the next page. `undefined` for an empty page. */
  readonly end: SessionId | undefined;
}

/**
 * Returns a page of the wallet's active sessions. Sessions on other pages are not read.
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

/** Returns the wallets whose sessions a session may list and end: its own and, for an account, contracts at its address. */
export function governedWallets(
  domain: SessionDomain,
  { wallet }: WalletIdentity,
): WalletIdentity[] {
  const own = { wallet };
  return [own, ...contractsOf(domain, own)];
}

/**
 * Returns a page of the active sessions of all wallets that `by` governs ({@link governedWallets}), newest first.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function listGovernedPage(
  domain: SessionDomain,
  by: WalletIdentity,
  page: PageRequest,
): Promise<SessionPage> {
  const wallets = governedWallets(domain, by);
  const pages = await Promise.all(wallets.map((wallet) => listSessionPage(domain, wallet, page)));
  const [only] = pages;
  return pages.length === 1 && only !== undefined ? only : mergePages(pages, page.first);
}

/** Merges pages of several wallets that begin at the same position, newest first. */
function mergePages(pages: readonly SessionPage[], first: number): SessionPage {
  const endsOf = (of: readonly SessionPage[]) => of.flatMap(({ end }) => end ?? []).sort();
  // If a wallet has a further page, sessions of others that are older than the end of its page belong on the next page.
  const newestEnd = endsOf(pages.filter(({ hasMore }) => hasMore)).at(-1);
  const inReach = pages
    .flatMap(({ sessions }) => sessions)
    .filter(({ id }) => newestEnd === undefined || id >= newestEnd)
    .sort(newestFirst);
  const sessions = inReach.slice(0, first);
  const isCut = inReach.length > first;
  return {
    sessions,
    total: pages.reduce((sum, { total }) => sum + total, 0),
    hasPrevious: pages.some(({ hasPrevious }) => hasPrevious),
    hasMore: isCut || pages.some(({ hasMore }) => hasMore),
    end: isCut ? sessions.at(-1)?.id : (newestEnd ?? endsOf(pages)[0]),
  };
}
