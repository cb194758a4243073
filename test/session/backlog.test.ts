import { WalletSessionsError } from '../../src/errors.js';
import { createBacklog } from '../../src/background/retry-queue.js';
import { createFailures } from '../../src/background/failure-reporter.js';
import { createFakeClock } from '../harness/clock.js';

describe('work that is done off the path of those who ask for it', () => {
  /** @param work rejects with what it throws */
  function aBacklog(work: (item: string) => Promise<void> | void, most = 10) {
    const clock = createFakeClock();
    const dropped: [count: number, cause: unknown][] = [];
    const backlog = createBacklog<string>({
      clock,
      work: async (item) => work(item),
      failures: createFailures(() => {}, 'It failed.'),
      most,
      onDropped: (...args) => dropped.push(args),
    });
    const retry = async () => {
      clock.advance(1000);
      return backlog.caughtUp();
    };
    return { backlog, dropped, retry };
  }

  it('is tried again as long as the store does not answer', async () => {
    let isAway = true;
    const done: string[] = [];
    const { backlog, dropped, retry } = aBacklog((item) => {
      if (isAway) throw new WalletSessionsError('SERVICE_UNAVAILABLE');
      done.push(item);
    });
    backlog.add('one');
    for (let count = 0; count < 100; count += 1) expect(await retry()).toBe(false);
    isAway = false;
    expect(await retry()).toBe(true);
    expect([done, dropped]).toEqual([['one'], []]);
  });

  it('is given up, and reported, where it fails again and again though the store answers', async () => {
    const failure = new TypeError('There is a mistake in it.');
    const tried: string[] = [];
    const { backlog, dropped, retry } = aBacklog((item) => {
      tried.push(item);
      if (item === 'impossible') throw failure;
    });
    backlog.add('impossible');
    backlog.add('possible');
    expect(await backlog.caughtUp()).toBe(false);
    for (let count = 0; count < 3; count += 1) expect(await retry()).toBe(false);
    expect(await retry()).toBe(true);
    expect(tried.filter((item) => item === 'impossible')).toHaveLength(5);
    expect(dropped).toEqual([[1, failure]]);
    // It waits for no other try then.
    backlog.add('next');
    expect(await backlog.caughtUp()).toBe(true);
    expect(tried.slice(-1)).toEqual(['next']);
  });

  it('is dropped beyond so many items, those under way among them', async () => {
    let finish = () => {};
    const begun: string[] = [];
    const { backlog, dropped } = aBacklog((item) => {
      begun.push(item);
      return new Promise((resolve) => (finish = resolve));
    }, 1);
    backlog.add('one');
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['one']);
    backlog.add('two');
    finish();
    await backlog.settled();
    expect([begun, dropped]).toEqual([['one'], [[1, undefined]]]);
  });
});
