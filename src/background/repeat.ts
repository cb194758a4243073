import type { Clock } from '../clock.js';
import type { Failures } from './failure-reporter.js';

/**
 * Runs work again and again, an interval after the last run has ended. After a failure, the next run tries again.
 * @param options `interval` in milliseconds
 * @returns stops; resolves when a run in progress has ended
 */
export function repeat({
  clock,
  interval,
  work,
  failures,
}: {
  readonly clock: Clock;
  readonly interval: number;
  readonly work: () => Promise<void>;
  readonly failures: Failures;
}): () => Promise<void> {
  let isStopped = false;
  let running = Promise.resolve();
  let cancel = clock.schedule(interval, run);

  function run(): void {
    running = work()
      .then(
        () => {
          failures.passed();
        },
        (error: unknown) => {
          failures.failed(error);
        },
      )
      .then(() => {
        if (!isStopped) cancel = clock.schedule(interval, run);
      });
  }

  return async () => {
    isStopped = true;
    cancel();
    await running;
  };
}
