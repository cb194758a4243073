import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { createRateLimitStore } from '../rate-limit-store.js';
import {
  HOUR,
  STATISTICS_RETENTION,
  type StatisticsStore,
} from '../../administration/statistics/store.js';
import type { Partition } from '../../accounts/wallet.js';
import { read, transact, type Tables } from './tables.js';

/** Statistics in LMDB, by hour and name. */
export function createEmbeddedStatisticsStore(tables: Tables): StatisticsStore {
  const { counts, countedWallets } = tables;
  return {
    add: (hour, by, wallets) =>
      transact(tables, () => {
        for (const [name, count] of by) {
          void counts.put([hour, name], (counts.get([hour, name]) ?? 0) + count);
        }
        for (const wallet of wallets) void countedWallets.put([hour, wallet], true);
      }),

    read: (hours) =>
      read(() =>
        hours.map((hour) => {
          const range = counts.getRange({ start: [hour, ''], end: [hour + 1, ''] });
          return new Map(Array.from(range, ({ key: [, name], value }) => [name, value]));
        }),
      ),

    countWallets: (hours) =>
      read(() => {
        const wallets = new Set<Partition>();
        for (const hour of hours) {
          const range = { start: [hour, ''], end: [hour + 1, ''] } as never;
          for (const [, wallet] of countedWallets.getKeys(range)) wallets.add(wallet);
        }
        return wallets.size;
      }),
  };
}

/** Removes the statistics of hours beyond the retention. Call within a transaction. */
export function sweepStatistics({ counts, countedWallets }: Tables, now: number): void {
  const end = [now - STATISTICS_RETENTION - HOUR, ''] as never;
  for (const key of Array.from(counts.getKeys({ end }))) void counts.remove(key);
  for (const key of Array.from(countedWallets.getKeys({ end }))) void countedWallets.remove(key);
}

/** Rate limits in memory. A restart resets them. */
export function createEmbeddedRateLimitStore(): RateLimitStore {
  return createRateLimitStore(
    (group, { acts, window }) =>
      new RateLimiterMemory({ keyPrefix: group, points: acts, duration: window / 1000 }),
  );
}
