import type { Audit, AuditEvent } from './events.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { contractAt } from '../accounts/account-id.js';
import {
  identityOf,
  partitionOf,
  type Partition,
  type Wallet,
  type WalletIdentity,
} from '../accounts/wallet.js';
import { createRetryQueue } from '../background/retry-queue.js';
import { createFailures } from '../background/failure-reporter.js';
import {
  newEntryId,
  decryptEntry,
  packEntry,
  refreshesOf,
  encryptEntry,
  type AuditEntry,
  type AuditPlace,
} from './entry.js';
import { createAuditTest, type AuditFilter } from './filter.js';
import { follow } from './follow.js';
import { ATTEMPTS_PER_WALLET, REPEATABLE_SHARE, type AuditLogPolicy } from './policy.js';
import { asOwnerSees, recordOf } from './record.js';
import type { AuditStore, EverybodysList, WalletList } from './store.js';
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

interface AuditLogDomain {
  readonly store: AuditStore;
  readonly keys: KeyRing;
  readonly policy: AuditLogPolicy;
  readonly clock: Clock;
  /** Receives events that could not be written or queued. */
  readonly report: (error: unknown) => void;
  /** Receives an event for unreadable entries (`audit-log.entry-refused`), for example {@link AuditLog.audit}. */
  readonly alarm: Audit;
}

/** The events of a wallet. */
export interface WalletHistory {
  readonly entries: readonly AuditEntry[];
  /** The number of entries that cannot be read: see {@link AuditLog}. */
  readonly unreadable: number;
}

/** An event of any wallet, with its position. */
export interface PlacedAuditEntry {
  readonly cursor: string;
  readonly entry: AuditEntry;
}

/** A page of the events of all wallets, newest first. */
export interface AuditPage {
  readonly entries: readonly PlacedAuditEntry[];
  /** The number of entries of this page that cannot be read: see {@link AuditLog}. */
  readonly unreadable: number;
  /** The position of the last entry that was read for this page, even if it is not on it. */
  readonly endCursor: string | undefined;
  /** Whether the store has older entries. */
  readonly hasMore: boolean;
}

/**
 * The audit log in the store. Owners read the events of their wallet; administrators read those of all wallets. Events
 * that clients can repeat displace only events of the same kind: the owner sees the newest refresh of each session, and
 * some kinds have separate lists ({@link AuditStore}). An entry cannot be read if it was altered or moved, or encrypted
 * with a key that is no longer configured. Such entries are counted for the reader, and audited when this process first
 * notices them.
 */
export interface AuditLog {
  /** Queues an event. It is written in the background and does not delay the act. */
  readonly audit: Audit;
  /**
   * Returns the events of a wallet as its owner sees them, newest first.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ofWallet(wallet: Wallet): Promise<WalletHistory>;
  /**
   * Returns the events of several wallets, newest first, each event once.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ofWallets(wallets: readonly Wallet[]): Promise<WalletHistory>;
  /**
   * Returns a page of the events of all wallets, newest first, after the one with that cursor. With a filter, it searches
   * {@link MAX_SEARCHED} entries at most: a page may then be shorter, or empty, although `hasMore` is true.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`, RangeError for an invalid cursor
   */
  ofEverybody(count: number, after?: string, filter?: AuditFilter): Promise<AuditPage>;
  /**
   * Yields the events of all wallets as they are added, within about a second, oldest first. It ends when `mayRead`, which
   * is asked before each read, resolves to false.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  follow(
    filter: AuditFilter,
    mayRead: () => Promise<boolean>,
  ): Promise<AsyncIterableIterator<AuditEntry, undefined>>;
  /** Resolves when no write is in progress. Events may still be queued for another attempt. */
  isIdle(): Promise<boolean>;
  /** Resolves when all queued events have been written, or their failure has been reported. */
  flush(): Promise<void>;
}

/** The maximum number of entries that are searched for one page with a filter. */
export const MAX_SEARCHED = 5000;

/** The number of entries that are read at once to search or follow the log. */
const BATCH = 500;

/** The maximum number of queued events while the store does not answer. Further events are dropped. */
const MAX_BACKLOG = 10_000;

export function createAuditLog(domain: AuditLogDomain): AuditLog {
  const { store, keys, policy, clock, report, alarm } = domain;
  const { retention: age, size, sizePerWallet } = policy;
  const maxOfWallet: Record<WalletList, number> = {
    history: sizePerWallet,
    attempts: Math.min(sizePerWallet, ATTEMPTS_PER_WALLET),
  };
  const maxOfEverybody: Record<EverybodysList, number> = {
    history: size,
    activity: Math.ceil(size * REPEATABLE_SHARE),
    attempts: Math.ceil(size * REPEATABLE_SHARE),
  };
  const refusedBefore = createFirstSightingCounter();
  const backlog = createRetryQueue<() => Promise<void>>({
    clock,
    work: (write) => write(),
    failures: createFailures(
      report,
      'The audit log could not be written: its entries wait, and are soon tried again.',
    ),
    max: MAX_BACKLOG,
    onDropped: (count, cause) => {
      report(
        new Error(`${count} entries of the audit log were lost: they could not be written.`, {
          cause,
        }),
      );
    },
  });

  /** A client can cause the same record to be refused repeatedly. Only the first refusal is kept. */
  const isRepeated = (event: AuditEvent) =>
    event.type === 'session.record-refused' && refusedBefore([Buffer.from(event.sessionId)]) === 0;

  function audit(event: AuditEvent): void {
    if (isRepeated(event)) return;
    const replaces = event.type === 'session.refreshed' ? refreshesOf(event.sessionId) : undefined;
    const entry: AuditEntry = { ...recordOf(event), id: newEntryId(replaces), at: event.at };
    const now = clock.now();
    const packed = packEntry(entry);
    if (size > 0) {
      const list = everybodysListOf(event);
      const kept = { max: maxOfEverybody[list], age };
      backlog.add(() => store.append(list, encryptEntry(keys, 'everybody', packed), kept, now));
    }
    if (sizePerWallet === 0) return;
    const forOwner = asOwnerSees(entry);
    const seen = forOwner === entry ? packed : packEntry(forOwner);
    for (const { partition, list } of placesOf(event)) {
      const kept = { max: maxOfWallet[list], age };
      backlog.add(() =>
        store.appendToWallet(
          partition,
          list,
          encryptEntry(keys, partition, seen),
          kept,
          now,
          replaces,
        ),
      );
    }
  }

  const noticed = createFirstSightingCounter();

  /** Decrypts the readable entries, each once, without those that are past their retention time. */
  function open<Stored extends { readonly sealed: Uint8Array }>(
    stored: readonly Stored[],
    place: AuditPlace,
    wallet?: WalletIdentity,
  ): { opened: [Stored, AuditEntry][]; refused: readonly Stored[] } {
    const seen = new Set<string>();
    const oldest = clock.now() - age;
    const refused: Stored[] = [];
    const opened = stored.flatMap((item): [Stored, AuditEntry][] => {
      const entry = decryptEntry(keys, place, item.sealed);
      if (entry === undefined) refused.push(item);
      if (entry === undefined || entry.at <= oldest || seen.has(entry.id)) return [];
      seen.add(entry.id);
      return [[item, entry]];
    });
    const count = noticed(refused.map(({ sealed }) => sealed));
    if (count > 0) alarm({ type: 'audit-log.entry-refused', at: clock.now(), count, ...wallet });
    return { opened, refused };
  }

  async function ofWallet(wallet: Wallet): Promise<WalletHistory> {
    const partition = partitionOf(wallet);
    const stored = await store.readWallet(partition);
    const { opened, refused } = open(
      stored.map((sealed) => ({ sealed })),
      partition,
      identityOf(wallet),
    );
    return { entries: newestFirst(opened.map(([, entry]) => entry)), unreadable: refused.length };
  }

  async function readPage(count: number, after: string | undefined): Promise<AuditPage> {
    const stored = await store.read(count + 1, after);
    const page = stored.slice(0, count);
    const { opened, refused } = open(page, 'everybody');
    return {
      entries: opened.map(([{ cursor }, entry]) => ({ cursor, entry })),
      unreadable: refused.length,
      endCursor: page.at(-1)?.cursor,
      hasMore: stored.length > count,
    };
  }

  async function searchPage(
    test: (entry: AuditEntry) => boolean,
    count: number,
    after: string | undefined,
  ): Promise<AuditPage> {
    const entries: PlacedAuditEntry[] = [];
    let unreadable = 0;
    let endCursor = after;
    for (let searched = 0; searched < MAX_SEARCHED; searched += BATCH) {
      const stored = await store.read(BATCH + 1, endCursor);
      const batch = stored.slice(0, BATCH);
      const { opened, refused } = open(batch, 'everybody');
      const found = opened.filter(([, entry]) => test(entry)).slice(0, count - entries.length);
      entries.push(...found.map(([{ cursor }, entry]) => ({ cursor, entry })));
      const last = entries.length === count ? found.at(-1)?.[0] : batch.at(-1);
      const read = last === undefined ? batch : batch.slice(0, batch.indexOf(last) + 1);
      unreadable += refused.filter((item) => read.includes(item)).length;
      endCursor = last?.cursor ?? endCursor;
      const hasMore = stored.length > read.length;
      if (entries.length === count || !hasMore) return { entries, unreadable, endCursor, hasMore };
    }
    return { entries, unreadable, endCursor, hasMore: true };
  }

  return {
    audit,
    ofWallet,
    async ofWallets(wallets) {
      const histories = await Promise.all(wallets.map(ofWallet));
      // A refused sign-in is in the lists of both the account and the contract.
      const byId = new Map(
        histories.flatMap(({ entries }) => entries.map((entry) => [entry.id, entry])),
      );
      const unreadable = histories.reduce((sum, history) => sum + history.unreadable, 0);
      return { entries: newestFirst([...byId.values()]), unreadable };
    },
    ofEverybody(count, after, filter = {}) {
      const test = createAuditTest(filter);
      return test === undefined || count === 0
        ? readPage(count, after)
        : searchPage(test, count, after);
    },
    async follow(filter, mayRead) {
      const test = createAuditTest(filter) ?? (() => true);
      const [newest] = await store.read(1);
      return follow({
        clock,
        mayRead,
        start: newest?.cursor,
        async read(position) {
          const stored = await store.readAfter(BATCH, position);
          const { opened } = open(stored, 'everybody');
          return {
            entries: opened.map(([, entry]) => entry).filter(test),
            position: stored.at(-1)?.cursor ?? position,
          };
        },
      });
    },
    isIdle: () => backlog.isIdle(),
    flush: () => backlog.flush(),
  };
}

function newestFirst(entries: AuditEntry[]): AuditEntry[] {
  return entries.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

/** Chooses the list by what a client needs in order to cause the event. */
function everybodysListOf({ type }: AuditEvent): EverybodysList {
  switch (type) {
    case 'challenge.created':
    case 'sign-in.refused':
      return 'attempts';
    case 'session.refreshed':
    case 'session.proof-refused':
    case 'administration.refused':
      return 'activity';
    default:
      return 'history';
  }
}

interface Place {
  readonly partition: Partition;
  readonly list: WalletList;
}

/** The wallets and the lists to which an event belongs; empty for events that concern no session. */
function placesOf(event: AuditEvent): readonly Place[] {
  switch (event.type) {
    case 'challenge.created':
    case 'administration.performed':
    case 'administration.refused':
      return [];
    case 'sign-in.refused':
      return claimedBy(event).map((wallet) => ({
        partition: partitionOf(wallet),
        list: 'attempts',
      }));
    case 'session.proof-refused':
      return [{ partition: partitionOf(event), list: 'attempts' }];
    default: {
      const { wallet } = event;
      const partition = wallet === undefined ? event.partition : partitionOf(wallet);
      return partition === undefined ? [] : [{ partition, list: 'history' }];
    }
  }
}

/** The wallets in whose name somebody tried to sign in: without proof, the account or the contract at its address. */
function claimedBy(event: AuditEvent & { readonly type: 'sign-in.refused' }): Wallet[] {
  const { wallet, chainId } = event;
  if (wallet === undefined) return [];
  const contract = chainId === undefined ? undefined : contractAt(wallet, chainId);
  return contract === undefined ? [wallet] : [wallet, contract];
}

/** More entries than a reader sees at once. */
const MAX_REMEMBERED = 10_000;

/**
 * Counts the strings that were not passed before, so that an unreadable entry is reported when it is first noticed and
 * not on each read.
 */
function createFirstSightingCounter(): (texts: readonly Uint8Array[]) => number {
  const known = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  return (texts) => {
    const digests = new Set(texts.map((text) => hash('sha256', text, 'base64')));
    const unknown = [...digests].filter((digest) => !known.has(digest));
    for (const digest of unknown) known.set(digest, true);
    return unknown.length;
  };
}
