import type { Revocation } from '../../../src/sessions/session.js';
import type { Watch } from '../../../src/sessions/store.js';
import type { Partition } from '../../../src/accounts/wallet.js';
import { aPartition, aRecord, aRotation, NO_LIMIT } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

/** A subscriber that records what it receives. */
interface Listener {
  readonly heard: Revocation[];
  /** Resolves when `count` revocations have arrived. */
  hears(count: number): Promise<Revocation[]>;
  stop(): void;
}

export function describeRevocationFeed({ clock, store, elsewhere }: StoreUnderTest): void {
  const listen = async (partition: Partition, after?: string): Promise<Listener> => {
    const heard: Revocation[] = [];
    let notify = () => {};
    const watch: Watch = await elsewhere().revocations.watch(
      partition,
      (revocation) => {
        heard.push(revocation);
        notify();
      },
      after,
    );
    return {
      heard,
      async hears(count) {
        while (heard.length < count) await new Promise<void>((resolve) => (notify = resolve));
        return heard;
      },
      stop: () => {
        watch.stop();
      },
    };
  };
  const end = async (partition: Partition) => {
    const record = aRecord(clock.now());
    await store().sessions.insert(partition, record, NO_LIMIT, clock.now());
    await store().sessions.revoke(partition, { these: [record.id] }, 'LOGOUT', clock.now());
    return record.id;
  };
  const idsOf = (heard: readonly Revocation[]) => heard.map(({ sessionId }) => sessionId);

  describe('revocation feed', () => {
    it('delivers the revocations of a partition to its subscribers in order', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      const listener = await listen(partition);
      const ids = [];
      for (let count = 0; count < 20; count += 1) {
        ids.push(await end(partition));
        await end(other);
      }
      expect(idsOf(await listener.hears(20))).toEqual(ids);
      expect(listener.heard[0]).toMatchObject({ reason: 'LOGOUT', revokedAt: clock.now() });
      listener.stop();
    });

    it('delivers the revocations that the session limit, token reuse, expiry and an administrator cause', async () => {
      const partition = aPartition();
      const listener = await listen(partition);
      const { sessions } = store();
      const limit = { max: 1, onLimit: 'evict-soonest-expiring' } as const;
      const born = (createdAt: number) => aRecord(clock.now(), { createdAt });
      const [first, second, third, fourth] = [born(1), born(2), born(3), born(4)];
      await sessions.insert(partition, first, limit, clock.now());
      await sessions.insert(partition, second, limit, clock.now());
      const rotation = aRotation(second, { grace: 0 });
      await sessions.rotate(partition, second.id, rotation, clock.now());
      await sessions.rotate(partition, second.id, rotation, clock.now());
      await sessions.insert(partition, third, limit, clock.now());
      await sessions.revoke(partition, 'all', 'ADMIN', clock.now());
      await sessions.insert(partition, fourth, limit, clock.now());
      clock.advance(fourth.expiresAt - clock.now());
      await sessions.expire(partition, clock.now());

      const heard = await listener.hears(4);
      expect(heard.map(({ sessionId, reason }) => [sessionId, reason])).toEqual([
        [first.id, 'LIMIT_EXCEEDED'],
        [second.id, 'TOKEN_REUSE'],
        [third.id, 'ADMIN'],
        [fourth.id, 'EXPIRED'],
      ]);
      listener.stop();
    });

    it('delivers each revocation once, from the start of the subscription or after a cursor', async () => {
      const partition = aPartition();
      const early = await listen(partition);
      const ids = [await end(partition), await end(partition), await end(partition)];
      const [first] = await early.hears(3);

      const resumed = await listen(partition, first?.cursor);
      const late = await listen(partition);
      ids.push(await end(partition));
      expect(idsOf(await early.hears(4))).toEqual(ids);
      expect(idsOf(await resumed.hears(3))).toEqual(ids.slice(1));
      expect(idsOf(await late.hears(1))).toEqual(ids.slice(3));
      for (const listener of [early, resumed, late]) listener.stop();
    });

    it('delivers every revocation exactly once to a subscriber that resumes while sessions are being ended', async () => {
      const partition = aPartition();
      const ids = [];
      for (let count = 0; count < 5; count += 1) ids.push(await end(partition));
      const ending = (async () => {
        for (let count = 0; count < 30; count += 1) ids.push(await end(partition));
      })();
      const listeners = await Promise.all(
        Array.from({ length: 5 }, () => listen(partition, '0-0')),
      );
      await ending;
      for (const listener of listeners) {
        expect(idsOf(await listener.hears(35))).toEqual(ids);
        listener.stop();
      }
    });

    it('delivers every revocation exactly once to subscribers that come and go while sessions are being ended', async () => {
      const partition = aPartition();
      const first = await listen(partition);
      const ids: string[] = [];
      const others: { readonly listener: Listener; readonly from: number }[] = [];
      for (let round = 0; round < 12; round += 1) {
        const ending = (async () => {
          for (let count = 0; count < 3; count += 1) ids.push(await end(partition));
        })();
        const heard = first.heard.length;
        const after = first.heard.at(Math.floor(heard / 2));
        const from = after === undefined ? 0 : Math.floor(heard / 2) + 1;
        const listener = await listen(partition, after?.cursor ?? '0-0');
        others.push({ listener, from });
        if (round % 3 === 2) (await listen(partition)).stop();
        await ending;
      }
      expect(idsOf(await first.hears(36))).toEqual(ids);
      for (const { listener, from } of others) {
        expect(idsOf(await listener.hears(36 - from))).toEqual(ids.slice(from));
        listener.stop();
      }
      first.stop();
      const last = await listen(partition);
      const late = await end(partition);
      expect(idsOf(await last.hears(1))).toEqual([late]);
      last.stop();
    });

    it('delivers no revocation to a subscriber that has stopped', async () => {
      const partition = aPartition();
      const [gone, staying] = [await listen(partition), await listen(partition)];
      gone.stop();
      gone.stop();
      await end(partition);
      await staying.hears(1);
      expect(gone.heard).toEqual([]);
      staying.stop();
    });

    it('delivers only revocations of the subscribed partition, even to a subscriber with a forged cursor, and all of them to the others', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      const stranger = await listen(other);
      await end(other);
      const [{ cursor } = { cursor: '' }] = await stranger.hears(1);
      const first = await end(partition);
      const forged = [
        await listen(partition, '999999999999999-999999999999999'),
        await listen(partition, cursor),
      ];
      const honest = await listen(partition, '0-0');
      const second = await end(partition);
      expect(idsOf(await honest.hears(2))).toEqual([first, second]);
      for (const { heard, stop } of forged) {
        expect([first, second]).toEqual(expect.arrayContaining(idsOf(heard)));
        stop();
      }
      expect(stranger.heard).toHaveLength(1);
      honest.stop();
      stranger.stop();
    });

    it('returns pages of the revocations after a cursor, across steps that end several sessions', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      const { revocations } = elsewhere();
      expect(await revocations.readAfter(partition, '0-0', 3)).toEqual([]);
      const listener = await listen(partition);
      for (const count of [1, 5, 1, 1, 7, 2]) {
        const records = Array.from({ length: count }, () => aRecord(clock.now()));
        for (const record of records) {
          await store().sessions.insert(partition, record, NO_LIMIT, clock.now());
        }
        await store().sessions.revoke(partition, 'all', 'LOGOUT', clock.now());
        await end(other);
      }
      const all = await listener.hears(17);
      for (const max of [1, 2, 3, 4, 16, 17, 18]) {
        const read: Revocation[] = [];
        for (;;) {
          const page = await revocations.readAfter(partition, read.at(-1)?.cursor ?? '0-0', max);
          expect(page).toHaveLength(Math.min(max, all.length - read.length));
          if (page.length === 0) break;
          read.push(...page);
        }
        expect(read).toEqual(all);
      }
      listener.stop();
    });

    it('returns no revocation after a forged cursor of the future', async () => {
      const partition = aPartition();
      await end(partition);
      const cursor = '999999999999999-999999999999999';
      expect(await elsewhere().revocations.readAfter(partition, cursor, 3)).toEqual([]);
    });

    it('rejects an invalid cursor of the revocation feed', async () => {
      await expect(listen(aPartition(), 'yesterday')).rejects.toThrow(RangeError);
      const page = elsewhere().revocations.readAfter(aPartition(), 'yesterday', 1);
      await expect(page).rejects.toThrow(RangeError);
    });
  });
}
