import { Redis } from 'ioredis';
import { once } from 'node:events';
import { openRedisStore } from '../../src/stores/redis/index.js';
import { eventually } from '../harness/eventually.js';
import { openRedisProxy } from '../harness/redis-proxy.js';
import { startWatchedRedis } from '../harness/redis-sentinels.js';

describe('a store whose master is found by sentinels', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  it('recovers from a failover that sentinels announce while the store asks for the master', async () => {
    const watched = await startWatchedRedis();
    cleanUps.push(() => watched.stop());
    const [sentinel = ''] = watched.sentinels.split(',');
    const proxy = await openRedisProxy(sentinel);
    cleanUps.push(() => proxy.close());
    const store = await openRedisStore({
      url: watched.url,
      sentinels: proxy.url,
      nearCacheBound: 0,
    });
    cleanUps.push(() => store.close());
    await store.ping();

    const admin = new Redis(sentinel);
    cleanUps.push(() => {
      admin.disconnect();
    });
    const announcement = admin.duplicate();
    cleanUps.push(() => {
      announcement.disconnect();
    });
    await announcement.subscribe('+switch-master');
    const announced = once(announcement, 'message');

    const asking = proxy.holdNext();
    await watched.dropClients();
    const answer = await asking;
    await admin.call('SENTINEL', 'FAILOVER', 'mymaster');
    await announced;
    answer();

    await eventually(() => store.ping());
  });
});
