const SHORTEST = 500;
const LONGEST = 30_000;
const LONGEST_ASKED_FOR = 300_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: twice as long each time, and by
 * chance up to a half less, so that clients that lost one service do not all come back at once.
 */
export function retryDelay(failures: number): number {
  const delay = Math.min(SHORTEST * 2 ** (failures - 1), LONGEST);
  return delay * (1 - Math.random() / 2);
}

/**
 * How long to wait where the service said for how many seconds, in milliseconds: as long, but no more than five
 * minutes, and by chance up to a quarter more.
 */
export function askedDelay(retryAfter: number): number {
  return Math.min(retryAfter * 1000, LONGEST_ASKED_FOR) * (1 + Math.random() / 4);
}
