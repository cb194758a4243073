import type { Clock } from '../clock.js';
import type { AuditEntry } from './entry.js';

/** Milliseconds between two reads of the store. */
export const FOLLOW_INTERVAL = 1000;

/** What is new in a log. */
export interface NewEntries {
  readonly entries: readonly AuditEntry[];
  /** The position to go on from. */
  readonly position: string | undefined;
}

interface FollowedLog {
  readonly clock: Clock;
  /** The position from which to follow. */
  readonly start: string | undefined;
  /** Reads what was added after the position. */
  readonly read: (position: string | undefined) => Promise<NewEntries>;
  /** Whether the reader may still read. Called before each read. */
  readonly mayRead: () => Promise<boolean>;
}

/**
 * Yields entries as they are added, and ends when the reader may no longer read. It reads the store only when the
 * consumer asks for more, so a slow consumer takes no memory and misses nothing that the store keeps.
 */
export function follow(log: FollowedLog): AsyncIterableIterator<AuditEntry, undefined> {
  const pauses = createPauses(log.clock);
  const entries = entriesOf(log, pauses);
  const end = async () => {
    // `return` of a generator waits for the pending `next`, which this wakes up.
    pauses.stop();
    return entries.return(undefined);
  };
  return {
    next: () => entries.next(),
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* entriesOf(
  { start, read, mayRead }: FollowedLog,
  pauses: Pauses,
): AsyncGenerator<AuditEntry, undefined> {
  let position = start;
  while (!pauses.areOver() && (await mayRead())) {
    const found = await read(position);
    yield* found.entries;
    if (found.position === position) await pauses.next();
    ({ position } = found);
  }
  return undefined;
}

interface Pauses {
  /** Waits for the interval, or until the pauses are stopped. */
  next(): Promise<void>;
  areOver(): boolean;
  stop(): void;
}

function createPauses(clock: Clock): Pauses {
  let isOver = false;
  let wake = () => {};
  return {
    next: () =>
      new Promise((resolve) => {
        if (isOver) {
          resolve();
          return;
        }
        const cancel = clock.schedule(FOLLOW_INTERVAL, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      }),
    areOver: () => isOver,
    stop() {
      isOver = true;
      wake();
    },
  };
}
