import {
  HOUR,
  STATISTICS_RETENTION,
  type StatisticsStore,
} from '../../administration/statistics/store.js';
import { rethrowAsUnavailable, type RedisClient } from './connection/index.js';
import type { RedisKeys } from './keys.js';
import { defineScript, type Deadlines } from './scripts/index.js';
import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { createRateLimitStore } from '../rate-limit-store.js';

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

/** Rate limits in Redis: one script call with one key per act. The key expires with its window. */
export function createRedisRateLimitStore(redis: RedisClient, keys: RedisKeys): RateLimitStore {
  return createRateLimitStore(
    (group, { acts, window }) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: keys.rateLimits(group),
        points: acts,
        duration: window / 1000,
        // Keys over the limit are refused from memory until the window ends, so that a flood does not reach Redis.
        inMemoryBlockOnConsumed: acts + 1,
      }),
  );
}
