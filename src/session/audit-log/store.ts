import type { Partition } from '../wallet.js';

/**
 * The two lists of a wallet. What its owner or this server did is its history. What somebody tried in its
 * name, and anybody can, is kept apart, so that no number of attempts drives the history out.
 */
export type WalletList = 'history' | 'attempts';

/** How much of a list is kept. */
export interface AuditRetention {
  /** The newest entries, as many as this (or, where a store counts roughly, some more). */
  readonly most: number;
  /** Milliseconds; what is older goes. */
  readonly age: number;
}

/** An entry and its place in the order of all. */
export interface PlacedEntry {
  /** Opaque; `before` for the page that follows. */
  readonly cursor: string;
  readonly sealed: Uint8Array;
}

/**
 * Where audit entries are kept: sealed, so that a store knows no more than when they were made. Both kinds
 * of lists are bounded. An append that failed may be repeated, and may then stand there twice.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method, where the store does not answer
 */
export interface AuditStore {
  /** Adds to a list of a wallet. To `attempts` only where the wallet has a history: else nothing is kept. */
  appendToWallet(
    partition: Partition,
    list: WalletList,
    sealed: Uint8Array,
    retention: AuditRetention,
    now: number,
  ): Promise<void>;
  /** All that both lists keep, in no particular order. */
  readWallet(partition: Partition): Promise<Uint8Array[]>;
  /** Adds to the one list of everybody's entries. */
  append(sealed: Uint8Array, retention: AuditRetention, now: number): Promise<void>;
  /**
   * A page of that list, newest first, of at most `count`.
   * @throws RangeError for a cursor that is none
   */
  read(count: number, before?: string): Promise<PlacedEntry[]>;
}
