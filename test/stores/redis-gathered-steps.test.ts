import { Redis } from 'ioredis';
import { redisKeys } from '../../src/stores/redis/keys.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { eventually } from '../harness/eventually.js';
import { aPartition, aRecord, aRotation, NO_LIMIT } from '../harness/record.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';

const SESSIONS = 20;

describe('the steps of one turn of the event loop', () => {
  let server: RedisServer;
  let admin: Redis;
  let store: OpenStore;

  async function open(args: readonly string[] = []): Promise<void> {
    server = await startRedisServer({ args });
    admin = new Redis(server.url);
    if (args.length > 0) {
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await eventually(async () => {
        expect(await admin.call('CLUSTER', 'INFO')).toContain('cluster_state:ok');
      });
    }
    store = await openRedisStore({ url: server.url, nearCacheBound: 0 });
  }

  afterEach(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  /** Inserts sessions of different wallets in one turn. */
  function insertSessions(now: number, count = SESSIONS) {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const [partition, record] = [aPartition(), aRecord(now)];
        const { kind } = await store.sessions.insert(partition, record, NO_LIMIT, now);
        expect(kind).toBe('inserted');
        return { partition, record };
      }),
    );
  }

  it('share one script call on a single server, whichever wallets they concern', async () => {
    await open();
    const now = Date.now();
    // Loads the scripts.
    const [first] = await insertSessions(now, 1);
    if (first === undefined) throw new Error('No session.');
    await store.sessions.rotate(first.partition, first.record.id, aRotation(first.record), now);
    const sessions = await insertSessions(now);
    await admin.config('RESETSTAT');
    const outcomes = await Promise.all(
      sessions.map(({ partition, record }) =>
        store.sessions.rotate(partition, record.id, aRotation(record), now),
      ),
    );
    const statistics = await admin.info('commandstats');
    expect(outcomes.map(({ kind }) => kind)).toEqual(sessions.map(() => 'rotated'));
    expect(statistics).toContain('cmdstat_evalsha:calls=1,');
    expect(statistics).toContain('cmdstat_time:calls=1,');
    expect(statistics).toContain(`cmdstat_set:calls=${SESSIONS},`);
  });

  it('fail separately: an overwritten index of one wallet does not disturb the steps of others', async () => {
    await open();
    const now = Date.now();
    const overwritten = aPartition();
    await admin.set(redisKeys('ws').index(overwritten), 'overwritten');
    const refused = expect(
      store.sessions.insert(overwritten, aRecord(now), NO_LIMIT, now),
    ).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await insertSessions(now);
    await refused;
  });

  it('are sent separately to a server that refuses keys of several slots in one call', async () => {
    await open(['--cluster-enabled', 'yes']);
    const now = Date.now();
    await insertSessions(now);
    const sessions = await insertSessions(now);
    for (const { partition, record } of sessions) {
      expect((await store.sessions.find(partition, record.id))?.id).toBe(record.id);
    }
  });
});
