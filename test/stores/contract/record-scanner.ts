import type { SessionRecord } from '../../../src/sessions/record.js';
import { aPartition, aRecord, aRotation, NO_LIMIT, plain } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

/** The number of rounds of the race. */
const ROUNDS = 500;

export function describeRecordScanner({ clock, store, elsewhere }: StoreUnderTest): void {
  const insert = async (partition = aPartition(), overrides: Partial<SessionRecord> = {}) => {
    const record = aRecord(clock.now(), overrides);
    await store().sessions.insert(partition, record, NO_LIMIT, clock.now());
    return { partition, record };
  };
  /** All records that a scan with this batch size visits. */
  const scanner = async (size: number) => {
    const found = new Map<string, { partition: string; record: SessionRecord }>();
    for await (const batch of elsewhere().scanner.records(size)) {
      for (const placed of batch) found.set(placed.record.id, placed);
    }
    return found;
  };
  const replacement = Buffer.from('the same, under another key');

  describe('scan of all records', () => {
    it('visits every record in every partition during a scan, whatever the batch size', async () => {
      const placed = [];
      for (let count = 0; count < 25; count += 1) placed.push(await insert());
      const { partition } = await insert();
      placed.push(await insert(partition), await insert(partition));
      for (const size of [1, 10, 1000]) {
        const found = await scanner(size);
        for (const { partition, record } of placed) {
          expect(found.get(record.id)?.partition).toBe(partition);
          expect(plain(found.get(record.id)?.record)).toEqual(plain(record));
        }
      }
    });

    it('skips ended sessions during a scan, even those that end while it runs', async () => {
      const partition = aPartition();
      const records = [];
      for (let count = 0; count < 30; count += 1) records.push((await insert(partition)).record);
      const [staying, ...leaving] = records as [SessionRecord, ...SessionRecord[]];
      const met = new Set<string>();
      for await (const batch of store().scanner.records(5)) {
        for (const { record } of batch) met.add(record.id);
        const selection = { allBut: staying.id };
        await elsewhere().sessions.revoke(partition, selection, 'LOGOUT', clock.now());
      }
      expect(met).toContain(staying.id);
      const found = await scanner(100);
      expect(found.has(staying.id)).toBe(true);
      expect(leaving.filter(({ id }) => found.has(id))).toEqual([]);
    });
  });

  describe('replacement of encrypted details', () => {
    it('replaces encrypted details that have not changed since they were read, and no other field', async () => {
      const { partition, record } = await insert();
      const replace = () =>
        store().scanner.replaceDetails(partition, record.id, record.details, replacement);
      expect(await replace()).toBe(true);
      const replaced = plain({ ...record, details: replacement });
      expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(replaced);
      expect(await elsewhere().sessions.expire(partition, clock.now())).toEqual({
        ended: [],
        next: record.expiresAt,
      });
      expect(await replace()).toBe(false);
    });

    it('keeps encrypted details that have changed since they were read', async () => {
      const { partition, record } = await insert();
      const seen = Buffer.from('seen');
      await elsewhere().sessions.touch(partition, record.id, seen, record.authenticatedAt);
      const { scanner } = store();
      expect(await scanner.replaceDetails(partition, record.id, record.details, replacement)).toBe(
        false,
      );
      expect(plain(await store().sessions.find(partition, record.id))).toEqual(
        plain({ ...record, details: seen }),
      );
    });

    it('replaces no encrypted details of an ended session or in another partition', async () => {
      const { partition, record } = await insert();
      const replaceIn = (place: typeof partition) =>
        store().scanner.replaceDetails(place, record.id, record.details, replacement);
      expect(await replaceIn(aPartition())).toBe(false);
      await elsewhere().sessions.revoke(partition, 'all', 'LOGOUT', clock.now());
      expect(await replaceIn(partition)).toBe(false);
      expect(await store().sessions.find(partition, record.id)).toBeUndefined();
      expect([...(await store().sessions.list(partition, clock.now()))]).toEqual([]);
    });

    it(`never revives an ended session or undoes a refresh in ${ROUNDS} races of a replacement of details`, async () => {
      const resurrected: string[] = [];
      const undone: string[] = [];
      const round = async (position: number) => {
        const { partition, record } = await insert();
        const { id, details } = record;
        const isEnded = position % 2 === 0;
        const steps = [
          () => store().scanner.replaceDetails(partition, id, details, replacement),
          () => elsewhere().sessions.rotate(partition, id, aRotation(record), clock.now()),
          async () => {
            if (!isEnded) return;
            await elsewhere().sessions.revoke(partition, { these: [id] }, 'LOGOUT', clock.now());
          },
        ];
        const order = steps.map((_, index) => steps[(index + position) % steps.length]);
        await Promise.all(order.map(async (step) => step?.()));
        const found = await store().sessions.find(partition, id);
        const listed = await elsewhere().sessions.list(partition, clock.now());
        if (isEnded && (found !== undefined || [...listed].length > 0)) resurrected.push(id);
        if (!isEnded && found?.generation !== 1) undone.push(id);
      };
      for (let start = 0; start < ROUNDS; start += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => round(start + index)));
      }
      expect({ resurrected, undone }).toEqual({ resurrected: [], undone: [] });
    });
  });
}
