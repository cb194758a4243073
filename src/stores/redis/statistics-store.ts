import {
  HOUR,
  STATISTICS_RETENTION,
  type StatisticsStore,
} from '../../administration/statistics/store.js';
import { rethrowAsUnavailable, type RedisClient } from './connection/index.js';
import type { RedisKeys } from './keys.js';
import { defineScript, type Deadlines } from './scripts/index.js';

/** Statistics in Redis: for each hour a hash of counts and a HyperLogLog of wallets. */
export function createRedisStatisticsStore(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): StatisticsStore {
  // Failed increments are added again by the caller, so a late one would count twice.
  const count = defineScript<number>(redis, 'count', deadlines);
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
