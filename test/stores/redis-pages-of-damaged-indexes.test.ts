import { Redis } from 'ioredis';
import type { SessionRecord } from '../../src/sessions/record.js';
import type { RecordPage } from '../../src/sessions/store.js';
import type { SessionId } from '../../src/sessions/session.js';
import type { Partition } from '../../src/accounts/wallet.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';

describe('the pages of a wallet whose Redis index is damaged', () => {
  const keyPrefix = ownPrefix();
  const now = Date.now();
  let raw: Redis;
  let store: OpenStore;
  let partition: Partition;
  let records: SessionRecord[];

  beforeAll(async () => {
    raw = new Redis(redisUrl());
    store = await openRedisStore({
      url: redisUrl(),
      keyPrefix,
      commandTimeout: PATIENT_TIMEOUT,
    });
  });
  afterAll(async () => {
    await store.close();
    raw.disconnect();
  });
  beforeEach(async () => {
    partition = aPartition();
    // In the order of the list, newest first.
    records = Array.from({ length: 6 }, (_, age) => aRecord(now - age));
    for (const record of records) await store.sessions.insert(partition, record, NO_LIMIT, now);
  });

  const keyOf = (kind: string) => `${keyPrefix}:{${partition}}:${kind}`;
  const evict = (...ids: SessionId[]) => raw.del(ids.map((id) => keyOf(`session:${id}`)));
  const idsAt = (...positions: number[]) =>
    positions.map((position) => (records[position] as SessionRecord).id);

  async function* pages(first: number): AsyncGenerator<RecordPage> {
    let after: SessionId | undefined;
    do {
      const page = await store.sessions.listPage(partition, { first, after }, now);
      yield page;
      after = page.hasMore ? page.end : undefined;
    } while (after !== undefined);
  }

  async function walk(first: number): Promise<SessionId[]> {
    const seen = [];
    for await (const { records: onPage } of pages(first)) seen.push(...onPage.map(({ id }) => id));
    return seen;
  }

  it.each([
    ['the newest', [0, 1]],
    ['those in the middle', [2, 3]],
    ['the oldest', [5]],
    ['all of them', [0, 1, 2, 3, 4, 5]],
  ])(
    'skips sessions whose Redis records are missing on pages of any size: %s',
    async (_which, gone) => {
      await evict(...idsAt(...gone));
      const left = [0, 1, 2, 3, 4, 5].filter((position) => !gone.includes(position));
      expect(await walk(2)).toEqual(idsAt(...left));
      expect(await walk(1)).toEqual(idsAt(...left));
    },
  );

  it('leaves index entries that are not session ids out of pages, even those with a record', async () => {
    const garbage = ['zzzzzzzzz!', '', 'x'.repeat(5000), `${'z'.repeat(19)}\u00e4`, '0'.repeat(21)];
    for (const name of garbage) {
      await raw.zadd(keyOf('sessions'), now + 60_000, name);
      await raw.set(keyOf(`session:${name}`), 'no record');
    }
    expect(await walk(1)).toEqual(idsAt(0, 1, 2, 3, 4, 5));
    const { total } = await store.sessions.listPage(partition, { first: 2 }, now);
    expect(total).toBe(6);
  });

  it('lists a session whose Redis key has the wrong type as a record that cannot be decrypted', async () => {
    const [id] = idsAt(1) as [SessionId];
    await raw.del(keyOf(`session:${id}`));
    await raw.lpush(keyOf(`session:${id}`), 'no string');
    const { records: onPage } = await store.sessions.listPage(partition, { first: 3 }, now);
    expect(onPage.map(({ id: shown }) => shown)).toEqual(idsAt(0, 1, 2));
    expect(onPage[1]).toMatchObject({ absoluteExpiresAt: 0 });
  });

  it('keeps the order of creation across pages of a Redis index, whatever the order of expiry', async () => {
    const other = aPartition();
    const backwards = Array.from({ length: 300 }, (_, age) =>
      aRecord(now - age, { expiresAt: now + 3_600_000 + age }),
    );
    for (const record of backwards) await store.sessions.insert(other, record, NO_LIMIT, now);
    partition = other;
    expect(await walk(7)).toEqual(backwards.map(({ id }) => id));
    expect(await walk(100)).toEqual(backwards.map(({ id }) => id));
  });
});
