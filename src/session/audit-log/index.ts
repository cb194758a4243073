import type { Audit, AuditEvent } from '../audit.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../key-ring.js';
import { partitionOf, type Partition, type Wallet, type WalletIdentity } from '../wallet.js';
import { createBacklog } from './backlog.js';
import { newEntryId, openEntry, sealEntry, type AuditEntry } from './entry.js';
import { ATTEMPTS_PER_WALLET, type AuditLogPolicy } from './policy.js';
import { asOwnerSees, recordOf } from './record.js';
import type { AuditStore, WalletList } from './store.js';

export interface AuditLogDomain {
  readonly store: AuditStore;
  readonly keys: KeyRing;
  readonly policy: AuditLogPolicy;
  readonly clock: Clock;
  /** Told of events that could not be kept. */
  readonly report: (error: unknown) => void;
}

/** An event of everybody's, with its place. */
export interface PlacedAuditEntry {
  readonly cursor: string;
  readonly entry: AuditEntry;
}

export interface AuditPage {
  readonly entries: readonly PlacedAuditEntry[];
  /** Whether the store keeps older ones. */
  readonly hasMore: boolean;
}

/** The audit log in the store: for owners what concerns their wallet, for administrators all. */
export interface AuditLog {
  /** Takes an event, to be written off the path of the act that it tells of. */
  readonly audit: Audit;
  /**
   * The events of a wallet as its owner sees them, newest first.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ofWallet(wallet: Wallet): Promise<AuditEntry[]>;
  /**
   * A page of everybody's events, newest first, after the one with that cursor.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`, RangeError for a cursor that is none
   */
  ofEverybody(count: number, after?: string): Promise<AuditPage>;
  /** Resolves when what was audited has been written, or could not be and that was reported. */
  settled(): Promise<void>;
}

/** Events that wait while the store does not answer: some 5 MB. */
const LONGEST_BACKLOG = 10_000;

export function createAuditLog({ store, keys, policy, clock, report }: AuditLogDomain): AuditLog {
  const { retention: age, size, sizePerWallet } = policy;
  const most: Record<WalletList, number> = {
    history: sizePerWallet,
    attempts: Math.min(sizePerWallet, ATTEMPTS_PER_WALLET),
  };
  const backlog = createBacklog<() => Promise<void>>({
    clock,
    work: (write) => write(),
    most: LONGEST_BACKLOG,
    onDropped: (count) => {
      report(new Error(`${count} entries of the audit log were lost: the store did not answer.`));
    },
  });

  function audit(event: AuditEvent): void {
    const entry: AuditEntry = { ...recordOf(event), id: newEntryId(), at: event.at };
    const now = clock.now();
    if (size > 0) {
      backlog.add(() =>
        store.append(sealEntry(keys, 'everybody', entry), { most: size, age }, now),
      );
    }
    if (sizePerWallet === 0) return;
    const seen = asOwnerSees(entry);
    for (const { partition, list } of placesOf(event)) {
      const kept = { most: most[list], age };
      backlog.add(() =>
        store.appendToWallet(partition, list, sealEntry(keys, partition, seen), kept, now),
      );
    }
  }

  /** Opens what can be opened, each entry once, and leaves out what should be gone. */
  function open<Stored>(
    stored: readonly Stored[],
    openOne: (stored: Stored) => AuditEntry | undefined,
  ): [Stored, AuditEntry][] {
    const seen = new Set<string>();
    const oldest = clock.now() - age;
    return stored.flatMap((item): [Stored, AuditEntry][] => {
      const entry = openOne(item);
      if (entry === undefined || entry.at <= oldest || seen.has(entry.id)) return [];
      seen.add(entry.id);
      return [[item, entry]];
    });
  }

  return {
    audit,
    async ofWallet(wallet) {
      const partition = partitionOf(wallet);
      const stored = await store.readWallet(partition);
      return open(stored, (sealed) => openEntry(keys, partition, sealed))
        .map(([, entry]) => entry)
        .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
    },
    async ofEverybody(count, after) {
      const stored = await store.read(count + 1, after);
      const page = stored.slice(0, count);
      const opened = open(page, ({ sealed }) => openEntry(keys, 'everybody', sealed));
      return {
        entries: opened.map(([{ cursor }, entry]) => ({ cursor, entry })),
        hasMore: stored.length > count,
      };
    },
    settled: () => backlog.settled(),
  };
}

interface Place {
  readonly partition: Partition;
  readonly list: WalletList;
}

/** Whose lists an event belongs to, and which ones; none for those that concern no session. */
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
    default: {
      const { wallet, contractChainId } = event;
      const partition =
        wallet === undefined ? event.partition : partitionOf({ wallet, contractChainId });
      return partition === undefined ? [] : [{ partition, list: 'history' }];
    }
  }
}

/** In whose name somebody tried to sign in: where it was not proved, that of a key or of a contract. */
function claimedBy(event: AuditEvent & { readonly type: 'sign-in.refused' }): WalletIdentity[] {
  const { wallet, contractChainId, chainId } = event;
  if (wallet === undefined) return [];
  if (contractChainId !== undefined) return [{ wallet, contractChainId }];
  return chainId === undefined ? [{ wallet }] : [{ wallet }, { wallet, contractChainId: chainId }];
}
