import type { Clock } from './clock.js';
import type { Failures } from './failures.js';

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
  /** Does one item; where it rejects, the item is tried again. */
  readonly work: (item: Item) => Promise<void>;
  /** Told of each try, whether something in it failed. */
  readonly failures: Failures;
  /** The most items that wait; what comes on top of them is dropped. */
  readonly most: number;
  /** Told how many items were dropped, at most once a try. */
  readonly onDropped: (count: number) => void;
}

/** How long to wait before what failed is tried again, in milliseconds. */
const RETRY_DELAY = 1000;

export function createBacklog<Item>(options: BacklogOptions<Item>): Backlog<Item> {
  const { clock, work, failures, most, onDropped } = options;
  let waiting: Item[] = [];
  let dropped = 0;
  let underWay: Promise<void> | undefined;
  let cancelRetry: (() => void) | undefined;

  function reportDropped(): void {
    if (dropped > 0) onDropped(dropped);
    dropped = 0;
  }

  async function tryAll(): Promise<boolean> {
    const items = waiting;
    waiting = [];
    const outcomes = await Promise.allSettled(items.map((item) => work(item)));
    waiting = [...items.filter((_, place) => outcomes[place]?.status === 'rejected'), ...waiting];
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') failures.failed(failure.reason);
    else failures.passed();
    reportDropped();
    return failure === undefined;
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
      if (waiting.length >= most) {
        dropped += 1;
        return;
      }
      waiting.push(item);
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
