import type { Partition } from '../../accounts/wallet.js';

/** Counts by name. */
export type Counts = ReadonlyMap<string, number>;

export const HOUR = 60 * 60_000;

/** Milliseconds after which the counts of an hour are removed. */
export const STATISTICS_RETENTION = 30 * 24 * HOUR;

/**
 * Stores counts by hour, identified by its start in milliseconds since the Unix epoch. The size depends on the number of
 * hours and names, and not on the number of sessions.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method if the store does not answer
 */
export interface StatisticsStore {
  /** Adds to the counts of an hour (`by` may be negative) and to the wallets seen in it. */
  add(hour: number, by: Counts, wallets: readonly Partition[], now: number): Promise<void>;
  /** Returns the counts of each hour, in the given order. */
  read(hours: readonly number[]): Promise<Counts[]>;
  /** Returns the number of distinct wallets seen in these hours: exact, or an estimate with a standard error below 1 %. */
  countWallets(hours: readonly number[]): Promise<number>;
}
