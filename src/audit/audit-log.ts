import type { Audit, AuditEvent } from './events.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { identityOf, partitionOf, type Wallet, type WalletIdentity } from '../accounts/wallet.js';
import { createRetryQueue } from '../background/retry-queue.js';
import { createFailures } from '../background/failure-reporter.js';
import { newEntryId, decryptEntry, packEntry, encryptEntry, type AuditEntry } from './entry.js';
import { createAuditTest, type AuditFilter } from './filter.js';
import { createFirstSightingCounter } from './first-sightings.js';
import { follow } from './follow.js';
import { ATTEMPTS_PER_WALLET, REPEATABLE_SHARE, type AuditLogPolicy } from './policy.js';
import { asOwnerSees, recordOf } from './record.js';
import { everybodysListOf, placesOf, replacingOf, reserveFor } from './places.js';
import type { AuditStore, EverybodysList, PlacedEntry, WalletList } from './store.js';
import { createWalletHistory, type SealedEntries, type WalletHistory } from './wallet-history.js';

interface AuditLogDomain {
  readonly store: AuditStore;
  readonly keys: KeyRing;
  readonly policy: AuditLogPolicy;
  readonly clock: Clock;
  /** The idle timeout of sessions in milliseconds. */
  readonly timeout: number;
  /** Receives events that could not be written or queued. */
  readonly report: (error: unknown) => void;
  /** Receives an event for unreadable entries (`audit-log.entry-refused`), for example {@link AuditLog.audit}. */
  readonly alarm: Audit;
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
   * Returns the events of a wallet as its owner sees them.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ofWallet(wallet: Wallet): Promise<WalletHistory>;
  /**
   * Returns the events of several wallets, each event once.
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
  const { store, keys, policy, clock, timeout, report, alarm } = domain;
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
    const replacing = replacingOf(event);
    const entry: AuditEntry = { ...recordOf(event), id: newEntryId(replacing?.kind), at: event.at };
    const now = clock.now();
    if (size > 0) {
      const list = everybodysListOf(event);
      const kept = { max: maxOfEverybody[list], age };
      const packed = packEntry(entry);
      backlog.add(() => store.append(list, encryptEntry(keys, 'everybody', packed), kept, now));
    }
    if (sizePerWallet === 0) return;
    const forOwner = asOwnerSees(entry);
    for (const { partition, list, wallet } of placesOf(event)) {
      const kept = { max: maxOfWallet[list], age, reserve: reserveFor(timeout) };
      const packed = packEntry(forOwner, wallet);
      const append = () =>
        store.appendToWallet(
          partition,
          list,
          encryptEntry(keys, partition, packed),
          kept,
          now,
          replacing,
        );
      backlog.add(append);
    }
  }

  const noticed = createFirstSightingCounter();

  function refuse(refused: readonly Uint8Array[], wallet?: WalletIdentity): void {
    const count = noticed(refused);
    if (count > 0) alarm({ type: 'audit-log.entry-refused', at: clock.now(), count, ...wallet });
  }

  async function sealedEntriesOf(wallet: Wallet): Promise<SealedEntries> {
    const [partition, identity] = [partitionOf(wallet), identityOf(wallet)];
    return {
      sealed: await store.readWallet(partition),
      decrypt: (sealed) => decryptEntry(keys, partition, sealed, identity.wallet),
      refuse: (refused) => {
        refuse(refused, identity);
      },
    };
  }

  async function ofWallets(wallets: readonly Wallet[]): Promise<WalletHistory> {
    const sealed = await Promise.all(wallets.map(sealedEntriesOf));
    return createWalletHistory(sealed, clock.now() - age);
  }

  /** Decrypts the readable entries of all wallets, each once, without those that are past their retention time. */
  function open(stored: readonly PlacedEntry[]): {
    opened: [PlacedEntry, AuditEntry][];
    refused: readonly PlacedEntry[];
  } {
    const seen = new Set<string>();
    const oldest = clock.now() - age;
    const refused: PlacedEntry[] = [];
    const opened = stored.flatMap((item): [PlacedEntry, AuditEntry][] => {
      const entry = decryptEntry(keys, 'everybody', item.sealed);
      if (entry === undefined) refused.push(item);
      if (entry === undefined || entry.at <= oldest || seen.has(entry.id)) return [];
      seen.add(entry.id);
      return [[item, entry]];
    });
    refuse(refused.map(({ sealed }) => sealed));
    return { opened, refused };
  }

  async function readPage(count: number, after: string | undefined): Promise<AuditPage> {
    const stored = await store.read(count + 1, after);
    const page = stored.slice(0, count);
    const { opened, refused } = open(page);
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
      const { opened, refused } = open(batch);
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
    ofWallet: (wallet) => ofWallets([wallet]),
    ofWallets,
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
          const { opened } = open(stored);
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
