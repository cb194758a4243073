export interface SlotsOptions {
  /** Maximum number of concurrent tasks. */
  readonly slots: number;
  /** Maximum number of waiting tasks. */
  readonly queue: number;
  /** Milliseconds that a task waits at most. */
  readonly patience: number;
}

/** Slots for tasks, shared so that no network can exclude the others. */
export interface Slots {
  /**
   * Runs a task in a slot, which is released when the task settles.
   * @param network the network that requests the task
   * @throws Error if the queue is full or no slot became free in time; errors of the task
   */
  run<Result>(network: string, task: () => Promise<Result>): Promise<Result>;
}

/**
 * The share of the free slots that one network may hold; it may always hold one. The more networks there are, the less each
 * of them gets, and some slots stay free for the next one (dynamic thresholds: Choudhury and Hahne, "Dynamic Queue Length
 * Thresholds for Shared-Memory Packet Switches", 1998).
 */
const SHARE_OF_FREE = 1 / 6;

interface Waiting {
  start(): void;
  refuse(reason: Error): void;
}

/**
 * Shares slots among networks. A task that finds no slot waits. The next slot goes to the network that holds the fewest, and
 * networks that hold equally many take turns. If the queue is full, the newest task of the network with the most waiting
 * tasks is refused.
 */
export function createSlots({ slots, queue, patience }: SlotsOptions): Slots {
  const held = new Map<string, number>();
  /** Waiting tasks by network, in the order of their turns. */
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
      // Moves the network to the end.
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
        reject(new Error(`No call could start within ${patience} ms: too many are running.`));
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
      // Tasks that are already waiting go first, also those of the same network.
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
