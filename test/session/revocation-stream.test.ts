import { MAX_WAITING, openRevocationStream } from '../../src/graphql/revocation-stream.js';
import type { Revocation, Session } from '../../src/sessions/session.js';
import type { Watch } from '../../src/sessions/store.js';
import { eventually } from '../harness/eventually.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';

describe('a stream of revocations', () => {
  const under = walletUnderTest();
  const { create } = under;

  const open = (session: Session, after?: string, closeAfter?: (ended: Promise<void>) => void) =>
    openRevocationStream({ ...under.domain, session, source: SOURCE, closeAfter }, { after });

  /** Creates and ends `count` other sessions of the wallet, one after the other, and returns their ids. */
  async function revokeOthers(count: number): Promise<string[]> {
    const ended: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const { session } = await create();
      await under.domain.sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: SOURCE,
      });
      ended.push(session.id);
    }
    return ended;
  }

  async function take(stream: AsyncIterator<Revocation>, count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) {
      const step = await stream.next();
      if (step.done === true) break;
      taken.push(step.value.sessionId);
    }
    return taken;
  }

  /** Counts the open watches among those that are opened from now on. */
  function countWatches() {
    const { sessions } = under.domain;
    const watch = sessions.watch.bind(sessions);
    const count = { opened: 0, open: 0 };
    jest.spyOn(sessions, 'watch').mockImplementation(async (...args): Promise<Watch> => {
      const opened = await watch(...args);
      count.opened += 1;
      count.open += 1;
      let isOpen = true;
      return {
        stop() {
          if (isOpen) count.open -= 1;
          isOpen = false;
          opened.stop();
        },
      };
    });
    return count;
  }

  it('delivers every revocation once and in order to a consumer that pauses for long, with few in memory', async () => {
    const { session } = await create();
    const watches = countWatches();
    const stream = await open(session);
    const ended = await revokeOthers(5 * MAX_WAITING);
    await eventually(() => {
      // The stream keeps only its place in the store.
      expect(watches).toEqual({ opened: 1, open: 0 });
      return Promise.resolve();
    });
    expect(await take(stream, ended.length)).toEqual(ended);
    const later = await revokeOthers(3);
    expect(await take(stream, 3)).toEqual(later);
    expect(watches.open).toBe(1);
    await stream.return?.();
    expect(watches.open).toBe(0);
  });

  it('delivers all stored revocations to a consumer that resumes, and then those that follow', async () => {
    const { session } = await create();
    const before = await revokeOthers(3 * MAX_WAITING);
    const stream = await open(session, '0-0');
    expect(await take(stream, before.length - 1)).toEqual(before.slice(0, -1));
    const after = await revokeOthers(2);
    expect(await take(stream, 3)).toEqual([...before.slice(-1), ...after]);
    await stream.return?.();
  });

  it('takes each stored revocation from the store about once, and watches only when it is up to date', async () => {
    const { session } = await create();
    const before = await revokeOthers(10 * MAX_WAITING);
    const watches = countWatches();
    const read = jest.spyOn(under.domain.sessions, 'endsAfter');
    const stream = await open(session, '0-0');
    expect(watches.opened).toBe(0);
    expect(await take(stream, before.length)).toEqual(before);
    expect(read).toHaveBeenCalledTimes(10);
    const pages = await Promise.all(
      read.mock.results.map(({ value }) => value as Promise<object[]>),
    );
    // Each page shows whether there is another one.
    expect(pages.flat()).toHaveLength(before.length + 9);
    expect(watches).toEqual({ opened: 1, open: 1 });
    await stream.return?.();
  });

  it('reads and watches nothing more when the stream is returned while it is behind', async () => {
    const { session } = await create();
    await revokeOthers(2 * MAX_WAITING);
    const watches = countWatches();
    const stream = await open(session, '0-0');
    await take(stream, MAX_WAITING);
    const next = stream.next();
    await stream.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(watches.open).toBe(0);
  });

  it('ends the stream with the revocation of its own session', async () => {
    const { session } = await create();
    let hasEnded = false;
    const stream = await open(session, undefined, (ended) => {
      void ended.then(() => (hasEnded = true));
    });
    const others = await revokeOthers(2 * MAX_WAITING);
    await under.domain.sessions.revoke({
      wallet: session.wallet,
      sessionId: session.id,
      reason: 'LOGOUT',
      source: SOURCE,
    });
    await revokeOthers(1);
    expect(await take(stream, Infinity)).toEqual([...others, session.id]);
    expect(hasEnded).toBe(true);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a waiting read of the revocation stream when the stream is returned', async () => {
    const { session } = await create();
    const watches = countWatches();
    const stream = await open(session);
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(watches).toEqual({ opened: 1, open: 0 });
  });

  it('rejects with the error of the store when the revocation stream cannot read further events', async () => {
    const { session } = await create();
    const stream = await open(session);
    const ended = await revokeOthers(2 * MAX_WAITING);
    const outage = new Error('The store is away.');
    jest.spyOn(under.domain.sessions, 'watch').mockRejectedValueOnce(outage);
    expect(await take(stream, MAX_WAITING)).toEqual(ended.slice(0, MAX_WAITING));
    await expect(stream.next()).rejects.toBe(outage);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
