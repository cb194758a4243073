import { headOf, type AuditEntry } from './entry.js';

/** The place of an event among others: they are sorted by time, newest first, and by id. */
export type EntryPosition = Pick<AuditEntry, 'at' | 'id'>;

/** A page of the events of wallets, newest first. */
export interface HistoryPage {
  readonly entries: readonly AuditEntry[];
  readonly hasPrevious: boolean;
  readonly hasMore: boolean;
}

/**
 * The events of one wallet or several, each event once. Time and id of an entry are in clear, so that the entries are sorted
 * first, and each is decrypted once, when it is reached: a small page of a long history costs little.
 */
export interface WalletHistory {
  /** All events, newest first. Decrypts all entries. */
  readonly entries: readonly AuditEntry[];
  /** The number of entries that cannot be read: see `AuditLog`. Decrypts all entries. */
  readonly unreadable: number;
  /** Returns the events that follow a position. Decrypts the entries of the page, and one on each side of it. */
  page(first: number, after?: EntryPosition): HistoryPage;
}

/** The entries of one wallet in the store. */
export interface SealedEntries {
  readonly sealed: readonly Uint8Array[];
  /** Returns `undefined` for an entry that cannot be read. */
  readonly decrypt: (sealed: Uint8Array) => AuditEntry | undefined;
  /** Receives entries that cannot be read, when they are noticed. */
  readonly refuse: (sealed: readonly Uint8Array[]) => void;
}

interface Item {
  readonly of: SealedEntries;
  readonly sealed: Uint8Array;
  /** `undefined` for bytes that are too short to be an entry. */
  readonly head: EntryPosition | undefined;
  /** `undefined` until it is decrypted, and `null` if it cannot be read. */
  entry: AuditEntry | null | undefined;
}

type PlacedItem = Item & { readonly head: EntryPosition };

/** @param oldest events of this time and earlier are past their retention time, and are not shown */
export function createWalletHistory(
  wallets: readonly SealedEntries[],
  oldest: number,
): WalletHistory {
  const items = wallets.flatMap((of) =>
    of.sealed.map((sealed): Item => ({ of, sealed, head: headOf(sealed), entry: undefined })),
  );
  const shown = items
    .filter((item): item is PlacedItem => item.head !== undefined && item.head.at > oldest)
    .sort((a, b) => order(a.head, b.head));

  function open(some: readonly Item[]): void {
    const unknown = some.filter(({ entry }) => entry === undefined);
    for (const item of unknown) item.entry = item.of.decrypt(item.sealed) ?? null;
    for (const of of wallets) {
      const refused = unknown.filter((item) => item.of === of && item.entry === null);
      if (refused.length > 0) of.refuse(refused.map(({ sealed }) => sealed));
    }
  }

  /** Returns at most `count` of the readable events of these items, each once. */
  function read(some: readonly PlacedItem[], count: number): AuditEntry[] {
    const entries: AuditEntry[] = [];
    for (const item of some) {
      if (entries.length === count) break;
      // An entry may be in the store twice, and in the lists of several wallets.
      if (entries.at(-1)?.id === item.head.id) continue;
      open([item]);
      if (item.entry) entries.push(item.entry);
    }
    return entries;
  }

  // They are on no page, and there is nothing to decrypt.
  open(items.filter(({ head }) => head === undefined));
  return {
    get entries() {
      open(items);
      return read(shown, Infinity);
    },
    get unreadable() {
      open(items);
      return items.filter(({ entry }) => entry === null).length;
    },
    page(first, after) {
      const next = after === undefined ? 0 : shown.findIndex(({ head }) => order(after, head) < 0);
      const start = next === -1 ? shown.length : next;
      const found = read(shown.slice(start), first + 1);
      return {
        entries: found.slice(0, first),
        hasPrevious: read(shown.slice(0, start), 1).length > 0,
        hasMore: found.length > first,
      };
    },
  };
}

function order(a: EntryPosition, b: EntryPosition): number {
  if (a.at !== b.at) return b.at - a.at;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
