import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { createRateLimitStore } from '../rate-limit-store.js';

/** Acts counted in the memory of the one process that there is: a restart begins anew. */
export function createEmbeddedRateLimitStore(): RateLimitStore {
  return createRateLimitStore(
    (group, { acts, window }) =>
      new RateLimiterMemory({ keyPrefix: group, points: acts, duration: window / 1000 }),
  );
}
