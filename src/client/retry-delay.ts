const SHORTEST = 500;
const LONGEST = 30_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: twice as long each time, and by
 * chance up to a half less, so that clients that lost one service do not all come back at once.
 */
export function retryDelay(failures: number): number {
  const delay = Math.min(SHORTEST * 2 ** (failures - 1), LONGEST);
  return delay * (1 - Math.random() / 2);
}
