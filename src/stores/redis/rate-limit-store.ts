import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { createRateLimitStore } from '../rate-limit-store.js';
import type { RedisClient } from './connection/client.js';
import type { RedisKeys } from './keys.js';

/** Acts counted in Redis: one script with one key for each, which expires with its window. */
export function createRedisRateLimitStore(redis: RedisClient, keys: RedisKeys): RateLimitStore {
  return createRateLimitStore(
    (group, { acts, window }) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: keys.rateLimits(group),
        points: acts,
        duration: window / 1000,
        // Who is over the limit is refused from memory until the window ends: a flood does not reach Redis.
        inMemoryBlockOnConsumed: acts + 1,
      }),
  );
}
