import { createBoundedCache } from '../bounded-cache.js';
import type { Rate } from './rate-limits.js';

/** Maximum number of keys that are counted. Beyond that, the count of the least recently active one is dropped. */
const MAX_KEYS = 10_000;

interface Count {
  spent: number;
  readonly endsAt: number;
}

/** Counts by key in this process, in fixed windows. For what costs less than a question to the store. */
export interface LocalBudget {
  /**
   * Counts an amount (default 1), unless the rate is exceeded.
   * @returns the seconds to wait; 0 if it was counted
   */
  spend(key: string, amount?: number): number;
}

/** @param now milliseconds of a monotonic clock */
export function createLocalBudget(
  { acts, window }: Rate,
  now: () => number = () => performance.now(),
): LocalBudget {
  const counts = createBoundedCache<string, Count>(MAX_KEYS);
  return {
    spend(key, amount = 1) {
      if (acts === 0) return 0;
      const at = now();
      let count = counts.get(key);
      if (count === undefined || count.endsAt <= at) {
        count = { spent: 0, endsAt: at + window };
        counts.set(key, count);
      }
      if (count.spent >= acts) return Math.ceil((count.endsAt - at) / 1000);
      count.spent += amount;
      return 0;
    },
  };
}
