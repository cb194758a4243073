import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { createRateLimitStore } from '../rate-limit-store.js';
import type { RedisClient } from './connection/index.js';
import type { RedisKeys } from './keys.js';

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
