import { diagnose, SOUND } from '../harness/diagnose.js';
import { eventually } from '../harness/eventually.js';
import {
  startRedisCluster,
  type ClusterNode,
  type RedisCluster,
} from '../harness/redis-cluster.js';
import { startWatchedRedis } from '../harness/redis-sentinels.js';

describe('the doctor on a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  const examine = (url = cluster.url) =>
    diagnose({ ...SOUND, REDIS_URL: url, REDIS_CLUSTER: 'true' });

  it('checks every master and the slots of the whole cluster with the doctor', async () => {
    const found = await examine();
    expect(found.problems).toEqual([]);
    expect(found.ok).toEqual(expect.arrayContaining(['cluster', 'permissions', 'encryption']));
    expect(found.ok.filter((check) => check.startsWith('clock ('))).toHaveLength(3);
  });

  it('names a missing right that every cluster client needs in the report of the doctor', async () => {
    const rules = ['on', '>word', '~*', '&*', '+@all', '-cluster|slots', '-cluster|shards'];
    const masters = await cluster.masters();
    await Promise.all(masters.map(({ admin }) => admin.call('ACL', 'SETUSER', 'app', ...rules)));
    const urls = masters.map(({ admin }) => `redis://app:word@127.0.0.1:${admin.options.port}`);
    const found = await examine(urls.join(','));
    expect(found.problems).toEqual(['connection']);
    expect(found.stdout).toContain('cluster|slots');
  });

  it('reports slots that no master serves in the report of the doctor', async () => {
    // Each master drops the slots that it owns. The nodes then report the cluster as down.
    const masters = await cluster.masters();
    const lose = ({ admin }: ClusterNode) => admin.call('CLUSTER', 'DELSLOTSRANGE', '0', '99');
    await Promise.allSettled(masters.map(lose));
    await eventually(async () => {
      const states = await Promise.all(
        masters.map(({ admin }) => admin.call('CLUSTER', 'INFO').then(String)),
      );
      expect(states.join()).toContain('cluster_state:fail');
    });
    const found = await examine();
    expect(found.problems).toEqual(['cluster']);
    expect(found.stdout).toContain('serves 16284 of 16384 slots');
  });
});

describe('the doctor on a master monitored by sentinels', () => {
  it('checks whether the connections to sentinels and to their master are encrypted', async () => {
    const redis = await startWatchedRedis();
    try {
      const examine = (sentinels: string) =>
        diagnose({ ...SOUND, REDIS_URL: redis.url, REDIS_SENTINELS: sentinels });
      const here = await examine(redis.sentinels);
      expect(here.ok).toContain('encryption');
      const open = await examine(redis.sentinels.replaceAll('127.0.0.1', '0.0.0.0'));
      expect(open.warnings).toContain('encryption');
      expect(open.stdout).not.toContain('The connection to mymaster');
    } finally {
      await redis.stop();
    }
  });
});
