import { Redis } from 'ioredis';
import type { ExpiredSession } from '../../src/lifecycle/expired-sessions.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createFakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { aPartition, aRecord, idsOf, NO_LIMIT } from '../harness/record.js';
import { recommendedRights } from '../harness/recommended-rights.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the collection of expired sessions in Redis', () => {
  const [user, ...rules] = recommendedRights();
  let server: RedisServer;
  let admin: Redis;
  let store: OpenStore;

  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.url);
    await admin.acl('SETUSER', user, ...rules);
    store = await openRedisStore({ url: `redis://${user}:PASSWORD@127.0.0.1:${server.port}` });
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  it('collects an expired session once, even when scheduling the next expiry of its wallet fails', async () => {
    const clock = createFakeClock();
    const partition = aPartition();
    const expired = aRecord(clock.now(), { expiresAt: clock.now() + MINUTE });
    const living = aRecord(clock.now(), { expiresAt: clock.now() + HOUR });
    for (const record of [expired, living]) {
      await store.sessions.insert(partition, record, NO_LIMIT, clock.now());
    }
    const given: ExpiredSession[] = [];
    const collect = async () => {
      clock.advance(2 * MINUTE);
      for await (const batch of store.expired.collect(clock.now())) given.push(...batch);
    };
    await eventually(async () => {
      expect(await admin.keys('ws:{expiring:*}:*')).toHaveLength(2);
    });

    await admin.acl('SETUSER', user, '-lpush');
    await expect(collect()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(idsOf(given.map(({ record }) => record))).toEqual([expired.id]);

    await admin.acl('SETUSER', user, '+lpush');
    await collect();
    clock.advance(HOUR);
    await collect();
    expect(idsOf(given.map(({ record }) => record))).toEqual(idsOf([expired, living]));
  });
});
