import type { Partition } from '../accounts/wallet.js';

/**
 * The lists of a wallet. `history` contains what its owner, an administrator or the server did. `attempts` contains
 * refused attempts in its name. Anybody can cause attempts, so they are kept separately and displace no history.
 */
export const WALLET_LISTS = ['history', 'attempts'] as const;
export type WalletList = (typeof WALLET_LISTS)[number];

/**
 * The lists of all wallets, by what a client needs in order to add an entry, so that events that can be repeated displace
 * only events of their kind. `history` needs a wallet's signature, an administrator, or the end of a session. `activity`
 * needs a token, which can be used repeatedly. `attempts` needs nothing.
 */
export const EVERYBODYS_LISTS = ['history', 'activity', 'attempts'] as const;
export type EverybodysList = (typeof EVERYBODYS_LISTS)[number];

/** The bounds of a list. */
export interface AuditRetention {
  /** The number of newest entries to keep. A store that trims approximately may keep a few more. */
  readonly max: number;
  /** Milliseconds after which an entry is removed. */
  readonly age: number;
  /** Milliseconds for which a list is kept beyond the age of its newest entry. Default 0. */
  readonly reserve?: number | undefined;
}

/** An entry that replaces the previous one of its kind, such as the refreshes of a session. */
export interface Replacing {
  /** The first bytes of the ids of all entries of the kind, at most 12. */
  readonly kind: Uint8Array;
  /**
   * Whether the entry extends the time for which the list is kept. If not, the reserve that an earlier entry has set must
   * suffice.
   */
  readonly extends: boolean;
}

/** An entry and its position among all entries. */
export interface PlacedEntry {
  /** Opaque. Pass it as `before` to read the next page. */
  readonly cursor: string;
  readonly sealed: Uint8Array;
}

/**
 * Stores encrypted audit entries. An entry begins with its time (6 bytes, big-endian) and its id (12 bytes), unencrypted. All
 * lists are bounded. A failed append may be repeated; the list may then contain the entry twice.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method, if the store does not answer
 */
export interface AuditStore {
  /**
   * Adds an entry to a list of a wallet. An entry for `attempts` is dropped if the wallet has no history.
   * @param replacing whether it replaces the previous entry of its kind
   */
  appendToWallet(
    partition: Partition,
    list: WalletList,
    sealed: Uint8Array,
    retention: AuditRetention,
    now: number,
    replacing?: Replacing,
  ): Promise<void>;
  /** Returns the entries of both lists, in no particular order. */
  readWallet(partition: Partition): Promise<Uint8Array[]>;
  /** Adds an entry to a list of all wallets. */
  append(
    list: EverybodysList,
    sealed: Uint8Array,
    retention: AuditRetention,
    now: number,
  ): Promise<void>;
  /**
   * Returns a page of at most `count` entries of all three lists, newest first. An entry that is added while pages are
   * read is newer than all entries on them.
   * @throws RangeError for an invalid cursor
   */
  read(count: number, before?: string): Promise<PlacedEntry[]>;
  /**
   * Returns at most `count` entries of all three lists that follow the one with that cursor, oldest first; without a
   * cursor, the oldest ones.
   * @throws RangeError for an invalid cursor
   */
  readAfter(count: number, after?: string): Promise<PlacedEntry[]>;
}
