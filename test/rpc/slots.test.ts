import { createSlots, type SlotsOptions } from '../../src/sign-in/ethereum/rpc/slots.js';

function aPromise() {
  let resolve = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** Longer than any test: no task that is left waiting is refused later. */
const PATIENT = 2 ** 31 - 1;

/** Slots, and tasks in them that run until they are told to end. */
function sharing(options: Partial<SlotsOptions> = {}) {
  const slots = createSlots({ slots: 24, queue: 96, patience: PATIENT, ...options });
  const running: { network: string; end: () => void; fail: (reason: Error) => void }[] = [];
  return {
    running,
    /** How many of its tasks run. */
    runningOf: (network: string) => running.filter((task) => task.network === network).length,
    async ask(network: string) {
      await slots.run(network, async () => {
        const task = aPromise();
        const entry = { network, end: task.resolve, fail: task.reject };
        running.push(entry);
        await task.promise.finally(() => running.splice(running.indexOf(entry), 1));
      });
    },
  };
}

/** Lets everything go on that waits for nothing but its turn. */
const settle = () => new Promise(setImmediate);

describe('sharing slots among networks', () => {
  it('gives a network that asks alone a sixth of the free slots and no more', async () => {
    const { ask, running } = sharing();
    for (let n = 0; n < 30; n += 1) void ask('a');
    await settle();
    expect(running).toHaveLength(4);
  });

  it('leaves slots free for another network while eight networks ask for as many as they can get', async () => {
    const { ask, runningOf } = sharing();
    for (let n = 0; n < 10; n += 1) for (let i = 0; i < 8; i += 1) void ask(`attacker-${i}`);
    await settle();
    void ask('honest');
    await settle();
    expect(runningOf('honest')).toBe(1);
  });

  it('gives a freed slot to the network that holds the fewest', async () => {
    const { ask, running, runningOf } = sharing({ slots: 2 });
    for (const network of ['a', 'a', 'b', 'c']) void ask(network);
    await settle();
    expect([runningOf('a'), runningOf('b'), runningOf('c')]).toEqual([1, 1, 0]);
    running.find(({ network }) => network === 'b')?.end();
    await settle();
    expect([runningOf('a'), runningOf('b'), runningOf('c')]).toEqual([1, 0, 1]);
  });

  it('serves waiting networks in turn, however many tasks each of them has', async () => {
    const { ask, running } = sharing({ slots: 1 });
    for (const network of ['a', 'a', 'a', 'a', 'b', 'b', 'c']) void ask(network);
    const served: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      await settle();
      served.push(running[0]?.network ?? 'none');
      running[0]?.end();
    }
    expect(served).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('refuses the newest task of the network with the most waiting tasks when the queue is full', async () => {
    const { ask, running } = sharing({ slots: 1, queue: 4 });
    void ask('first');
    const greedy = Array.from({ length: 4 }, () => ask('greedy'));
    const refused = expect(greedy[3]).rejects.toThrow('Too many calls are waiting.');
    const honest = ask('honest');
    await refused;
    // One more of the greedy network's own is refused itself.
    await expect(ask('greedy')).rejects.toThrow('Too many calls are waiting.');
    for (let n = 0; n < 5; n += 1) {
      await settle();
      running[0]?.end();
    }
    await expect(Promise.all([...greedy.slice(0, 3), honest])).resolves.toBeDefined();
  });

  it('refuses a task that waited too long for a slot, and does not run it later', async () => {
    const { ask, running } = sharing({ slots: 1, patience: 20 });
    void ask('a');
    await expect(ask('b')).rejects.toThrow('No call could start within 20 ms');
    running[0]?.end();
    await settle();
    expect(running).toHaveLength(0);
  });

  it('frees the slot of a task that fails', async () => {
    const { ask, running } = sharing({ slots: 1 });
    const failing = ask('a');
    const next = ask('b');
    await settle();
    running[0]?.fail(new Error('This task fails.'));
    await expect(failing).rejects.toThrow('This task fails.');
    await settle();
    expect(running.map(({ network }) => network)).toEqual(['b']);
    running[0]?.end();
    await next;
  });
});
