import { isUnavailable } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Failures } from './failure-reporter.js';

/** Work that is done off the path of those who ask for it, in any order, and again where it failed. */
export interface Backlog<Item> {
  /** Takes an item, at once and without failing. */
  add(item: Item): void;
  /** Resolves when nothing is under way: whether all that was added is done, or some of it waits for another try. */
  caughtUp(): Promise<boolean>;
  /** Resolves when all that was added is done, or was tried once more in vain, and then is dropped. */
  settled(): Promise<void>;
}

export interface BacklogOptions<Item> {
  readonly clock: Clock;
  /**
   * Does one item; where it rejects, the item is tried again: with `SERVICE_UNAVAILABLE` as long as it takes, since that
   * passes, and with anything else a few times.
   */
  readonly work: (item: Item) => Promise<void>;
  /** Told of each try, whether something in it failed. */
  readonly failures: Failures;
  /** The most items that wait or are under way; what comes on top of them is dropped. */
  readonly most: number;
  /** Told how many items were dropped, at most once a try, and the last failure of one of them. */
  readonly onDropped: (count: number, cause: unknown) => void;
}

/** How long to wait before what failed is tried again, in milliseconds. */
const RETRY_DELAY = 1000;

/** How often an item is tried that fails though the store answers. */
const MOST_ATTEMPTS = 5;

interface Waiting<Item> {
  readonly item: Item;
  /** How often it failed though the store answered. */
  readonly attempts: number;
}

export function createBacklog<Item>(options: BacklogOptions<Item>): Backlog<Item> {
  const { clock, work, failures, most, onDropped } = options;
  let waiting: Waiting<Item>[] = [];
  /** How many are being tried. */
  let trying = 0;
  let dropped = 0;
  let lastFailure: unknown;
  let underWay: Promise<void> | undefined;
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
      if (attempts + 1 < MOST_ATTEMPTS) return [{ item, attempts: attempts + 1 }];
      dropped += 1;
      return [];
    }
  }

  /** Whether nothing is to be tried again. */
  async function tryAll(): Promise<boolean> {
    const items = waiting;
    waiting = [];
    trying = items.length;
    lastFailure = undefined;
    const again = (await Promise.all(items.map(attempt))).flat();
    trying = 0;
    waiting = [...again, ...waiting];
    if (lastFailure === undefined) failures.passed();
    else failures.failed(lastFailure);
    reportDropped();
    return again.length === 0;
  }

  async function run(): Promise<void> {
    cancelRetry = undefined;
    // After the turn of the event loop in which the work came up: what comes up together is sent together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      if (await tryAll()) continue;
      cancelRetry = clock.schedule(RETRY_DELAY, start);
      break;
    }
    underWay = undefined;
  }

  function start(): void {
    underWay ??= run();
  }

  return {
    add(item) {
      if (waiting.length + trying >= most) {
        dropped += 1;
        return;
      }
      waiting.push({ item, attempts: 0 });
      if (cancelRetry === undefined) start();
    },
    async caughtUp() {
      await underWay;
      return waiting.length === 0;
    },
    async settled() {
      await underWay;
      cancelRetry?.();
      cancelRetry = undefined;
      if (waiting.length > 0) await tryAll();
      dropped += waiting.length;
      waiting = [];
      reportDropped();
    },
  };
}
