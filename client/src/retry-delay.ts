const MIN_DELAY = 500;
const MAX_DELAY = 30_000;
const MAX_RETRY_AFTER = 300_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: twice as long each time, and by
 * chance up to a half less, so that clients that lost one service do not all come back at once.
 */
export function retryDelay(failures: number): number {
  const delay = Math.min(MIN_DELAY * 2 ** (failures - 1), MAX_DELAY);
  return delay * (1 - Math.random() / 2);
}

/**
 * How long to wait where the service said for how many seconds, in milliseconds: as long, but no more than five
 * minutes, and by chance up to a quarter more.
 */
export function askedDelay(retryAfter: number): number {
  return Math.min(retryAfter * 1000, MAX_RETRY_AFTER) * (1 + Math.random() / 4);
}
