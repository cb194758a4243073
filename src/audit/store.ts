import type { Partition } from '../accounts/wallet.js';

/**
 * The lists of a wallet. `history` has what its owner, an administrator or this server did. `attempts` has what
 * somebody tried in its name: anybody can, so no number of attempts pushes entries out of the history.
 */
export const WALLET_LISTS = ['history', 'attempts'] as const;
export type WalletList = (typeof WALLET_LISTS)[number];

/**
 * The lists of everybody, by what it takes to add to them, so that what is repeated at will pushes out nothing but its
 * own kind: `history` takes a wallet's signature, an administrator, or the end of a session; `activity` takes a token,
 * which can be used again and again; `attempts` takes nothing.
 */
export const EVERYBODYS_LISTS = ['history', 'activity', 'attempts'] as const;
export type EverybodysList = (typeof EVERYBODYS_LISTS)[number];

/** How much of a list is kept. */
export interface AuditRetention {
  /** The number of newest entries to keep; a store that counts roughly may keep some more. */
  readonly most: number;
  /** Milliseconds after which an entry is removed. */
  readonly age: number;
}

/** An entry and its place in the order of all. */
export interface PlacedEntry {
  /** Opaque; `before` for the page that follows. */
  readonly cursor: string;
  readonly sealed: Uint8Array;
}

/** How far back an entry is looked for that another replaces: the list has at most one of its kind in that many. */
export const REPLACED_WITHIN = 100;

/**
 * Where audit entries are kept. They are sealed: a store knows when they were made, and their ids. All lists are bounded.
 * An append that failed may be repeated, and the entry may then be there twice.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method, if the store does not answer
 */
export interface AuditStore {
  /**
   * Adds to a list of a wallet. To `attempts` only if the wallet has a history: otherwise nothing is kept.
   * @param replaces removes the newest entry whose id begins with this, of the newest {@link REPLACED_WITHIN} entries
   */
  appendToWallet(
    partition: Partition,
    list: WalletList,
    sealed: Uint8Array,
    retention: AuditRetention,
    now: number,
    replaces?: string,
  ): Promise<void>;
  /** All that both lists keep, in no particular order. */
  readWallet(partition: Partition): Promise<Uint8Array[]>;
  /** Adds to one of the lists of everybody. */
  append(
    list: EverybodysList,
    sealed: Uint8Array,
    retention: AuditRetention,
    now: number,
  ): Promise<void>;
  /**
   * A page of all lists of everybody, merged, newest first, of at most `count`. An entry that is added while pages are
   * read is newer than all on them.
   * @throws RangeError for an invalid cursor
   */
  read(count: number, before?: string): Promise<PlacedEntry[]>;
}
