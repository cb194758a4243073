/** How much of something scarce there is, and how it is shared. */
export interface SlotsOptions {
  /** How many tasks run at once. */
  readonly slots: number;
  /** How many wait at once for a slot. */
  readonly queue: number;
  /** How long one task waits at most, in milliseconds. */
  readonly patience: number;
}

/** Slots for tasks that networks ask for, shared so that no network can keep the others out. */
export interface Slots {
  /**
   * Runs a task in a slot, which is free again once the task has settled.
   * @param network who asks for it
   * @throws Error where the queue is full or no slot became free in time; what the task throws
   */
  run<Result>(network: string, task: () => Promise<Result>): Promise<Result>;
}

/**
 * What one network may hold of the slots that are free: a sixth, and always one. The more networks there are, the
 * less each of them gets, and some slots stay free for the next one (dynamic thresholds: Choudhury and Hahne,
 * "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998).
 */
const SHARE_OF_FREE = 1 / 6;

interface Waiting {
  start(): void;
  refuse(reason: Error): void;
}

/**
 * Shares slots among networks. A task that finds no slot waits; the next slot goes to the network that holds the
 * fewest, and networks that hold equally many take turns. Where the queue is full, the newest task
 * of the network that has the most waiting is refused.
 */
export function createSlots({ slots, queue, patience }: SlotsOptions): Slots {
  const held = new Map<string, number>();
  /** By network, the one whose turn is next first. */
  const waiting = new Map<string, Waiting[]>();
  let free = slots;
  let queued = 0;

  const heldBy = (network: string): number => held.get(network) ?? 0;
  const mayTake = (network: string): boolean => heldBy(network) < free * SHARE_OF_FREE;

  function take(network: string): void {
    free -= 1;
    held.set(network, heldBy(network) + 1);
  }

  function release(network: string): void {
    free += 1;
    const left = heldBy(network) - 1;
    if (left === 0) held.delete(network);
    else held.set(network, left);
    for (let next = nextInLine(); next !== undefined; next = nextInLine()) serve(next);
  }

  function nextInLine(): string | undefined {
    let next: string | undefined;
    for (const network of waiting.keys()) {
      if (mayTake(network) && (next === undefined || heldBy(network) < heldBy(next)))
        next = network;
    }
    return next;
  }

  function serve(network: string): void {
    const line = waiting.get(network) ?? [];
    const [first] = line;
    if (first === undefined) return;
    leave(network, first);
    if (line.length > 0) {
      // To the end: the others are served first.
      waiting.delete(network);
      waiting.set(network, line);
    }
    take(network);
    first.start();
  }

  function leave(network: string, who: Waiting): void {
    const line = waiting.get(network) ?? [];
    line.splice(line.indexOf(who), 1);
    queued -= 1;
    if (line.length === 0) waiting.delete(network);
  }

  function makeRoom(): void {
    if (queued <= queue) return;
    const [network, line] = [...waiting].reduce((most, other) =>
      other[1].length > most[1].length ? other : most,
    );
    const newest = line.at(-1);
    if (newest === undefined) return;
    leave(network, newest);
    newest.refuse(new Error('Too many calls are waiting.'));
  }

  function waitInLine(network: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const overdue = setTimeout(() => {
        leave(network, who);
        reject(new Error(`No call could be made within ${patience} ms: too many are under way.`));
      }, patience).unref();
      const who: Waiting = {
        start() {
          clearTimeout(overdue);
          resolve();
        },
        refuse(reason) {
          clearTimeout(overdue);
          reject(reason);
        },
      };
      const line = waiting.get(network) ?? [];
      line.push(who);
      waiting.set(network, line);
      queued += 1;
      makeRoom();
    });
  }

  return {
    async run(network, task) {
      // Who waits already goes first, also among the tasks of one network.
      if (!waiting.has(network) && mayTake(network)) take(network);
      else await waitInLine(network);
      try {
        return await task();
      } finally {
        release(network);
      }
    },
  };
}
