const MIN_DELAY = 500;
const MAX_DELAY = 30_000;
const MAX_RETRY_AFTER = 300_000;

/**
 * Returns the delay after a number of consecutive failures, in milliseconds. It doubles each time, minus a random part
 * of up to a half, so that clients of one service do not all retry at once.
 */
export function retryDelay(failures: number): number {
  const delay = Math.min(MIN_DELAY * 2 ** (failures - 1), MAX_DELAY);
  return delay * (1 - Math.random() / 2);
}

/**
 * Returns the delay for the `retryAfter` of the service, in milliseconds: at most five minutes, plus a random part of
 * up to a quarter.
 */
export function askedDelay(retryAfter: number): number {
  return Math.min(retryAfter * 1000, MAX_RETRY_AFTER) * (1 + Math.random() / 4);
}
