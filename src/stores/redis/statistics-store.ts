import {
  HOUR,
  STATISTICS_RETENTION,
  type StatisticsStore,
} from '../../administration/statistics/store.js';
import { rethrowAsUnavailable } from './connection/outages.js';
import type { RedisClient } from './connection/client.js';
import type { Deadlines } from './scripts/deadlines.js';
import { scripts } from './scripts/generated/scripts.js';
import type { RedisKeys } from './keys.js';
import { script } from './scripts/index.js';

/** Counts in Redis: a hash for each hour, and a HyperLogLog of the wallets seen in it. */
export function createRedisStatisticsStore(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): StatisticsStore {
  // Late, it would be counted twice: what fails is counted again.
  const count = script<number>(redis, 'count', scripts.count, deadlines);
  return {
    async add(hour, by, wallets, now) {
      const ttl = hour + HOUR + STATISTICS_RETENTION - now;
      if (ttl <= 0) return;
      const counts = [...by].flat();
      await count([keys.counts(hour), keys.wallets(hour)], ttl, by.size, ...counts, ...wallets);
    },

    read: (hours) =>
      Promise.all(
        hours.map(async (hour) => {
          const counts = await rethrowAsUnavailable(redis.hgetall(keys.counts(hour)));
          return new Map(Object.entries(counts).map(([name, text]) => [name, Number(text)]));
        }),
      ),

    countWallets: (hours) => rethrowAsUnavailable(redis.pfcount(...hours.map(keys.wallets))),
  };
}
