/** Reports failures of background work, which is retried or dropped. */
export interface Failures {
  /** @param of the item that failed, if items can fail independently */
  failed(error: unknown, of?: unknown): void;
  /** Records that the work succeeded, or will not be tried again. */
  passed(of?: unknown): void;
}

/**
 * Reports only the first of consecutive failures: while a store does not answer, every attempt fails.
 * @param meaning describes what failed and what happens next
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
