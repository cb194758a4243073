import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import { WalletSessionsError } from '../errors.js';
import type { Rate, RateLimitStore } from '../rate-limits/rate-limits.js';

/**
 * Counts acts with rate-limiter-flexible, in fixed windows. The first act opens a window, and every act in it counts,
 * refused ones included.
 * @param open creates the limiter of a group, once
 */
export function createRateLimitStore(
  open: (group: string, rate: Rate) => RateLimiterAbstract,
): RateLimitStore {
  const limiters = new Map<string, RateLimiterAbstract>();
  return {
    async count(group, key, rate) {
      const limiter = limiters.get(group) ?? open(group, rate);
      limiters.set(group, limiter);
      try {
        await limiter.consume(key);
        return 0;
      } catch (outcome) {
        if (outcome instanceof RateLimiterRes) return Math.max(1, outcome.msBeforeNext);
        throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause: outcome });
      }
    },
  };
}
