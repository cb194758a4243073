import { isUnavailable } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Failures } from './failure-reporter.js';

/** Processes items in the background, in any order, and retries those that fail. */
export interface RetryQueue<Item> {
  /** Queues an item. Returns immediately and never throws. */
  add(item: Item): void;
  /** Resolves when no item is being processed. Items may still wait for a retry. */
  isIdle(): Promise<boolean>;
  /**
   * Resolves when all items are done, also those that are added meanwhile. Each is tried once more, and dropped if that
   * fails.
   */
  flush(): Promise<void>;
}

export interface RetryQueueOptions<Item> {
  readonly clock: Clock;
  /**
   * Processes one item. A rejected item is retried: without limit after `SERVICE_UNAVAILABLE`, which is temporary, and a
   * few times after any other error.
   */
  readonly work: (item: Item) => Promise<void>;
  /** Called after each attempt with whether any item failed. */
  readonly failures: Failures;
  /** The maximum number of items that wait or are being processed. Further items are dropped. */
  readonly max: number;
  /** Called at most once per attempt, with the number of dropped items and the last failure of one of them. */
  readonly onDropped: (count: number, cause: unknown) => void;
}

/** The delay before a retry, in milliseconds. */
const RETRY_DELAY = 1000;

/** The number of attempts for an item that fails although the store answers. */
const MAX_ATTEMPTS = 5;

interface Waiting<Item> {
  readonly item: Item;
  /** The number of failures although the store answered. */
  readonly attempts: number;
}

export function createRetryQueue<Item>(options: RetryQueueOptions<Item>): RetryQueue<Item> {
  const { clock, work, failures, max, onDropped } = options;
  let waiting: Waiting<Item>[] = [];
  /** The number of items that are being processed. */
  let trying = 0;
  let dropped = 0;
  let lastFailure: unknown;
  let underWay: Promise<void> | undefined;
  let flushing: Promise<void> | undefined;
  let cancelRetry: (() => void) | undefined;

  function reportDropped(): void {
    if (dropped > 0) onDropped(dropped, lastFailure);
    dropped = 0;
  }

  /** Returns the items to retry. */
  async function attempt({ item, attempts }: Waiting<Item>): Promise<Waiting<Item>[]> {
    try {
      await work(item);
      return [];
    } catch (error) {
      lastFailure = error;
      if (isUnavailable(error)) return [{ item, attempts }];
      if (attempts + 1 < MAX_ATTEMPTS) return [{ item, attempts: attempts + 1 }];
      dropped += 1;
      return [];
    }
  }

  /** Returns the items to retry. */
  async function tryAll(): Promise<Waiting<Item>[]> {
    const items = waiting;
    waiting = [];
    trying = items.length;
    lastFailure = undefined;
    const again = (await Promise.all(items.map(attempt))).flat();
    trying = 0;
    if (lastFailure === undefined) failures.passed();
    else failures.failed(lastFailure);
    return again;
  }

  async function run(): Promise<void> {
    cancelRetry = undefined;
    // Waits for the end of this turn of the event loop, so that items of one turn are sent together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const again = await tryAll();
      reportDropped();
      if (again.length === 0) continue;
      waiting = [...again, ...waiting];
      cancelRetry = clock.schedule(RETRY_DELAY, start);
      break;
    }
    underWay = undefined;
  }

  function start(): void {
    underWay ??= run();
  }

  async function flush(): Promise<void> {
    await underWay;
    cancelRetry?.();
    cancelRetry = undefined;
    // Work that succeeds may have added its rest.
    while (waiting.length > 0) {
      dropped += (await tryAll()).length;
      reportDropped();
    }
    reportDropped();
    flushing = undefined;
  }

  return {
    add(item) {
      if (waiting.length + trying >= max) {
        dropped += 1;
        return;
      }
      waiting.push({ item, attempts: 0 });
      if (cancelRetry === undefined && flushing === undefined) start();
    },
    async isIdle() {
      await underWay;
      return waiting.length === 0;
    },
    flush: () => (flushing ??= flush()),
  };
}
