/** Failures of work that goes on by itself: it is tried again, or done without. */
export interface Failures {
  /** @param of what it failed for, where that may fail while others do not */
  failed(error: unknown, of?: unknown): void;
  /** It did not fail this time, or will not be tried again. */
  passed(of?: unknown): void;
}

/**
 * Reports the first failure in a row: while a store does not answer, all that is tried fails, again and again.
 * @param meaning what failed, and what becomes of it
 */
export function createFailures(report: (error: Error) => void, meaning: string): Failures {
  const failing = new Set<unknown>();
  return {
    failed(cause, of) {
      const isFirst = failing.size === 0;
      failing.add(of);
      if (isFirst) report(new Error(meaning, { cause }));
    },
    passed: (of) => void failing.delete(of),
  };
}
