import { WalletSessionsError } from '../../src/errors.js';
import { createRetryQueue } from '../../src/background/retry-queue.js';
import { createFailures } from '../../src/background/failure-reporter.js';
import { createFakeClock } from '../harness/clock.js';

describe('a queue of background work', () => {
  /** @param work rejects with what it throws */
  function aQueue(work: (item: string) => Promise<void> | void, max = 10) {
    const clock = createFakeClock();
    const dropped: [count: number, cause: unknown][] = [];
    const queue = createRetryQueue<string>({
      clock,
      work: async (item) => work(item),
      failures: createFailures(() => {}, 'It failed.'),
      max,
      onDropped: (...args) => dropped.push(args),
    });
    const retry = async () => {
      clock.advance(1000);
      return queue.isIdle();
    };
    return { queue, dropped, retry };
  }

  it('retries background work as long as the store does not answer', async () => {
    let isAway = true;
    const done: string[] = [];
    const { queue, dropped, retry } = aQueue((item) => {
      if (isAway) throw new WalletSessionsError('SERVICE_UNAVAILABLE');
      done.push(item);
    });
    queue.add('one');
    for (let count = 0; count < 100; count += 1) expect(await retry()).toBe(false);
    isAway = false;
    expect(await retry()).toBe(true);
    expect([done, dropped]).toEqual([['one'], []]);
  });

  it('gives up background work that fails repeatedly although the store answers, and reports the failure', async () => {
    const failure = new TypeError('There is a mistake in it.');
    const tried: string[] = [];
    const { queue, dropped, retry } = aQueue((item) => {
      tried.push(item);
      if (item === 'impossible') throw failure;
    });
    queue.add('impossible');
    queue.add('possible');
    expect(await queue.isIdle()).toBe(false);
    for (let count = 0; count < 3; count += 1) expect(await retry()).toBe(false);
    expect(await retry()).toBe(true);
    expect(tried.filter((item) => item === 'impossible')).toHaveLength(5);
    expect(dropped).toEqual([[1, failure]]);
    // Nothing waits for another attempt then.
    queue.add('next');
    expect(await queue.isIdle()).toBe(true);
    expect(tried.slice(-1)).toEqual(['next']);
  });

  it('does background work that other work adds while the queue is flushed', async () => {
    let isAway = true;
    const done: string[] = [];
    const { queue, dropped, retry } = aQueue((item) => {
      if (isAway) throw new WalletSessionsError('SERVICE_UNAVAILABLE');
      done.push(item);
      if (item.length < 3) queue.add(`${item}+`);
    });
    queue.add('1');
    expect(await retry()).toBe(false);
    isAway = false;
    await queue.flush();
    expect([done, dropped]).toEqual([['1', '1+', '1++'], []]);
  });

  it('tries each item once more when it is flushed, and drops those that fail', async () => {
    const tried: string[] = [];
    const failure = new WalletSessionsError('SERVICE_UNAVAILABLE');
    const { queue, dropped, retry } = aQueue((item) => {
      tried.push(item);
      if (item !== 'possible') throw failure;
      queue.add('added');
    });
    queue.add('one');
    expect(await retry()).toBe(false);
    queue.add('possible');
    tried.length = 0;
    await queue.flush();
    expect(tried).toEqual(['one', 'possible', 'added']);
    expect(dropped).toEqual([
      [1, failure],
      [1, failure],
    ]);
    expect(await queue.isIdle()).toBe(true);
  });

  it('drops background work beyond the maximum, which includes work in progress', async () => {
    let finish = () => {};
    const begun: string[] = [];
    const { queue, dropped } = aQueue((item) => {
      begun.push(item);
      return new Promise((resolve) => (finish = resolve));
    }, 1);
    queue.add('one');
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['one']);
    queue.add('two');
    finish();
    await queue.flush();
    expect([begun, dropped]).toEqual([['one'], [[1, undefined]]]);
  });
});
