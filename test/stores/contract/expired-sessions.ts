import type { ExpiredSession } from '../../../src/lifecycle/expired-sessions.js';
import type { SessionRecord } from '../../../src/sessions/record.js';
import type { OpenStore } from '../../../src/stores/open-store.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT, plain } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function describeExpiredSessions({ clock, store, elsewhere }: StoreUnderTest): void {
  const sessions = () => store().sessions;

  async function insert(expiresIn: number, partition = aPartition()) {
    const record = aRecord(clock.now(), { expiresAt: clock.now() + expiresIn });
    await sessions().insert(partition, record, NO_LIMIT, clock.now());
    return { partition, record };
  }

  async function collectedBy(by: OpenStore): Promise<ExpiredSession[]> {
    const collected = [];
    for await (const batch of by.expired.collect(clock.now())) collected.push(...batch);
    return collected;
  }

  /** Advances the clock by a minute and collects. */
  async function collect(): Promise<ExpiredSession[]> {
    clock.advance(MINUTE);
    return collectedBy(store());
  }

  const among = (records: readonly SessionRecord[], collected: readonly ExpiredSession[]) =>
    idsOf(collected.map(({ record }) => record)).filter((id) => idsOf(records).includes(id));

  describe('collection of expired sessions', () => {
    it('collects each expired session once, with its record and its expiry time, and no live session', async () => {
      const { partition, record } = await insert(HOUR);
      const living = await insert(2 * HOUR, partition);
      expect(among([record, living.record], await collect())).toEqual([]);
      clock.advance(HOUR);
      const collected = (await collect()).filter((one) => one.partition === partition);
      expect(collected).toEqual([
        { partition, record: expect.anything() as unknown, expiredAt: record.expiresAt },
      ]);
      expect(plain(collected[0]?.record)).toEqual(plain(record));
      expect(among([record, living.record], await collect())).toEqual([]);
      clock.advance(HOUR);
      expect(among([record, living.record], await collect())).toEqual([living.record.id]);
    });

    it('collects a refreshed session at its new expiry, even when it was refreshed at the last moment', async () => {
      const { partition, record } = await insert(HOUR);
      clock.advance(HOUR - 1);
      await sessions().rotate(partition, record.id, aRotation(record), clock.now());
      expect(among([record], await collect())).toEqual([]);
      expect(among([record], await collect())).toEqual([]);
      clock.advance(2 * HOUR);
      expect(among([record], await collect())).toEqual([record.id]);
    });

    it('collects sessions that expire after weeks', async () => {
      const { record } = await insert(15 * 24 * HOUR);
      for (let passed = 0; passed < 15 * 24; passed += 6) {
        expect(among([record], await collect())).toEqual([]);
        clock.advance(6 * HOUR - MINUTE);
      }
      expect(among([record], await collect())).toEqual([record.id]);
    });

    it('collects each expired session once when two instances collect concurrently', async () => {
      const inserted = await Promise.all(Array.from({ length: 300 }, () => insert(HOUR)));
      const records = inserted.map(({ record }) => record);
      clock.advance(HOUR + MINUTE);
      const both = await Promise.all([store(), elsewhere()].map(collectedBy));
      expect(among(records, both.flat())).toEqual(idsOf(records));
    });

    it('collects the expired sessions that an interrupted collection has left', async () => {
      const inserted = await Promise.all(Array.from({ length: 300 }, () => insert(HOUR)));
      const records = inserted.map(({ record }) => record);
      clock.advance(HOUR + MINUTE);
      const first: ExpiredSession[] = [];
      for await (const batch of store().expired.collect(clock.now())) {
        first.push(...batch);
        break;
      }
      expect(among(records, first).length).toBeLessThan(records.length);
      expect(among(records, [...first, ...(await collect())])).toEqual(idsOf(records));
    });

    it('does not collect sessions that were revoked or whose expiry was already noticed', async () => {
      const [noticed, ended] = [await insert(HOUR), await insert(HOUR)];
      await sessions().revoke(ended.partition, 'all', 'LOGOUT', clock.now());
      clock.advance(HOUR);
      const { ended: told } = await sessions().expire(noticed.partition, clock.now());
      expect(told).toMatchObject([{ sessionId: noticed.record.id, alreadyCollected: false }]);
      expect(among([noticed.record, ended.record], await collect())).toEqual([]);
    });

    it('refuses an expired session in every operation before it is collected', async () => {
      const { partition, record } = await insert(HOUR);
      clock.advance(HOUR);
      const now = clock.now();
      expect([...(await sessions().list(partition, now))]).toEqual([]);
      expect(await sessions().rotate(partition, record.id, aRotation(record), now)).toEqual({
        kind: 'unknown',
      });
      const details = Buffer.from('as of now');
      const { id, authenticatedAt } = record;
      expect(
        await sessions().reauthenticate(partition, id, details, authenticatedAt, now),
      ).toBeUndefined();
    });

    it('notifies subscribers of a collected expiry once and reports it as already collected', async () => {
      const { partition, record } = await insert(HOUR);
      clock.advance(HOUR);
      expect(among([record], await collect())).toEqual([record.id]);
      const told: unknown[] = [];
      let onTold = () => {};
      const watch = await elsewhere().revocations.watch(
        partition,
        ({ sessionId, reason }) => {
          told.push([sessionId, reason]);
          onTold();
        },
        '0-0',
      );
      const { ended } = await sessions().expire(partition, clock.now());
      expect(ended.filter(({ alreadyCollected }) => !alreadyCollected)).toEqual([]);
      // The end of this session is delivered after the expiry.
      const last = await insert(HOUR, partition);
      const isToldOfLast = new Promise<void>((resolve) => {
        onTold = () => {
          if (told.length >= 2) resolve();
        };
      });
      await sessions().revoke(partition, 'all', 'LOGOUT', clock.now());
      await isToldOfLast;
      expect(told).toEqual([
        [record.id, 'EXPIRED'],
        [last.record.id, 'LOGOUT'],
      ]);
      watch.stop();
    });
  });
}
