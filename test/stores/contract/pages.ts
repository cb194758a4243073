import type { SessionRecord } from '../../../src/sessions/record.js';
import type { RecordPage } from '../../../src/sessions/store.js';
import type { Partition } from '../../../src/accounts/wallet.js';
import { aPartition, aRecord, aRotation, NO_LIMIT, plain } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

const HOUR = 60 * 60_000;

export function describePages({ clock, store, elsewhere }: StoreUnderTest): void {
  const sessions = () => store().sessions;
  const insert = async (partition: Partition, record: SessionRecord) => {
    await sessions().insert(partition, record, NO_LIMIT, clock.now());
    return record;
  };
  /** `count` sessions, each a millisecond older than the one before, which is the order of the list. */
  const insertMany = async (partition: Partition, count: number) => {
    const records = [];
    for (let age = 0; age < count; age += 1) {
      records.push(await insert(partition, aRecord(clock.now() - age)));
    }
    return records;
  };
  const page = (partition: Partition, first: number, after?: SessionRecord) =>
    elsewhere().sessions.listPage(partition, { first, after: after?.id }, clock.now());
  const namesOn = ({ records, ...place }: RecordPage) => ({
    ids: records.map(({ id }) => id),
    ...place,
  });
  /** The expected page with these sessions, of `total`, after `before` others. */
  const named = (records: readonly SessionRecord[], total: number, before: number) => ({
    ids: records.map(({ id }) => id),
    total,
    hasPrevious: before > 0,
    hasMore: before + records.length < total,
    end: records.at(-1)?.id,
  });

  describe('pages of sessions', () => {
    it('lists every session on exactly one page, newest first, with every field unchanged', async () => {
      const partition = aPartition();
      const records = await insertMany(partition, 5);
      const first = await page(partition, 2);
      expect(first.records.map(plain)).toEqual(records.slice(0, 2).map(plain));
      expect(namesOn(first)).toEqual(named(records.slice(0, 2), 5, 0));
      expect(namesOn(await page(partition, 2, records[1]))).toEqual(
        named(records.slice(2, 4), 5, 2),
      );
      expect(namesOn(await page(partition, 2, records[3]))).toEqual(named(records.slice(4), 5, 4));
      expect(namesOn(await page(partition, 2, records[4]))).toEqual(named([], 5, 5));
    });

    it('lists sessions created in the same millisecond exactly once across pages', async () => {
      const partition = aPartition();
      const records = [];
      for (let count = 0; count < 30; count += 1) {
        records.push(await insert(partition, aRecord(clock.now())));
      }
      const seen: string[] = [];
      let last: SessionRecord | undefined;
      do {
        const { records: onPage, ...place } = await page(partition, 7, last);
        expect(place).toMatchObject({ hasPrevious: seen.length > 0, total: 30 });
        seen.push(...onPage.map(({ id }) => id));
        last = onPage.at(-1);
      } while (last !== undefined);
      expect(seen).toHaveLength(30);
      expect([...seen].sort()).toEqual(records.map(({ id }) => id).sort());
    });

    it('keeps the order of listed sessions when some are refreshed, whenever they expire', async () => {
      const partition = aPartition();
      const records = await insertMany(partition, 6);
      clock.advance(HOUR);
      for (const position of [5, 2]) {
        const record = records[position] as SessionRecord;
        await sessions().rotate(partition, record.id, aRotation(record), clock.now());
      }
      expect(namesOn(await page(partition, 4))).toEqual(named(records.slice(0, 4), 6, 0));
      expect(namesOn(await page(partition, 4, records[3]))).toEqual(named(records.slice(4), 6, 4));
    });

    it('continues a list after a session that has ended meanwhile, skipping and repeating none', async () => {
      const partition = aPartition();
      const records = await insertMany(partition, 5);
      const last = records[1] as SessionRecord;
      await sessions().revoke(partition, { these: [last.id] }, 'LOGOUT', clock.now());
      clock.advance(1);
      await insert(partition, aRecord(clock.now()));
      expect(namesOn(await page(partition, 2, last))).toEqual(named(records.slice(2, 4), 5, 2));
    });

    it('leaves expired sessions and those of other partitions out of pages and totals', async () => {
      const partition = aPartition();
      await insert(partition, aRecord(clock.now(), { expiresAt: clock.now() + HOUR }));
      const living = await insert(partition, aRecord(clock.now() - 1));
      await insert(aPartition(), aRecord(clock.now()));
      clock.advance(HOUR);
      expect(namesOn(await page(partition, 10))).toEqual(named([living], 1, 0));
      expect(namesOn(await page(partition, 0))).toEqual(named([], 1, 0));
      expect(namesOn(await page(aPartition(), 10))).toEqual(named([], 0, 0));
    });
  });
}
