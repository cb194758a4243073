/** In milliseconds. */
const INTERVAL = 60_000;

/** Reasons beyond this are forgotten, the oldest first. */
const MAX_REASONS = 32;

/**
 * Decides which of many failures is worth a line in the log: the first for its reason, and after that one a minute.
 * @param now milliseconds of a clock that only goes forward
 * @returns for a failure to be logged, how many for the same reason were left out since the last one that was;
 * `undefined` for one to leave out
 */
export function createComplaints(
  now: () => number = () => performance.now(),
): (reason: string) => number | undefined {
  const told = new Map<string, { readonly at: number; leftOut: number }>();
  return (reason) => {
    const last = told.get(reason);
    if (last !== undefined && now() - last.at < INTERVAL) {
      last.leftOut += 1;
      return undefined;
    }
    told.delete(reason);
    told.set(reason, { at: now(), leftOut: 0 });
    const [oldest] = told.keys();
    if (told.size > MAX_REASONS && oldest !== undefined) told.delete(oldest);
    return last?.leftOut ?? 0;
  };
}
