import type { Partition } from '../../accounts/wallet.js';

/** Counts by name. */
export type Counts = ReadonlyMap<string, number>;

export const HOUR = 60 * 60_000;

/** Milliseconds for which the counts of an hour are kept after it. */
export const STATISTICS_RETENTION = 30 * 24 * HOUR;

/**
 * Where counts are kept, by the hour that they belong to (the milliseconds since the Unix epoch at which it
 * begins). They take as much room as there are hours and names, however many sessions there are.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method, where the store does not answer
 */
export interface StatisticsStore {
  /** Adds to the counts of an hour (`by` may be negative) and to the wallets that were seen in it. */
  add(hour: number, by: Counts, wallets: readonly Partition[], now: number): Promise<void>;
  /** The counts of each hour, in the order asked for. */
  read(hours: readonly number[]): Promise<Counts[]>;
  /** How many different wallets were seen in those hours together: exactly, or estimated with a standard error below 1 %. */
  countWallets(hours: readonly number[]): Promise<number>;
}
