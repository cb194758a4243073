import { Redis } from 'ioredis';
import { checkRedis } from '../../src/stores/redis/checks/index.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { RedisStoreOptions } from '../../src/stores/redis/settings.js';
import { inBatches } from '../harness/batches.js';
import { eventually } from '../harness/eventually.js';
import { recommendedRights } from '../harness/recommended-rights.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { startTestService } from '../harness/service.js';

/** Redis lets every user run them, whatever the ACL says. */
const ALWAYS_ALLOWED = ['+hello', '+auth', '+quit'];

const ONLY_IN_A_CLUSTER = ['+cluster|slots', '+cluster|info', '+asking'];

const [, ...rules] = recommendedRights();
const RIGHTS = rules.filter((rule) => /^[~&+]/.test(rule));

/** How messages name a right. */
function nameOf(right: string, prefix: string): string {
  if (right.startsWith('+')) return right.slice(1).toUpperCase().replace('|', ' ');
  return right.replace('ws:', `${prefix}:`);
}

describe('a Redis user who lacks one of the recommended rights', () => {
  let server: RedisServer;
  let clusterNode: RedisServer;
  const admins: Redis[] = [];
  beforeAll(async () => {
    [server, clusterNode] = await Promise.all([
      startRedisServer(),
      startRedisServer({
        args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
      }),
    ]);
    admins.push(new Redis(server.url), new Redis(clusterNode.url));
    await admins[1]?.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => {
      expect(await admins[1]?.call('CLUSTER', 'INFO')).toContain('cluster_state:ok');
    });
  });
  afterAll(async () => {
    for (const admin of admins) admin.disconnect();
    await Promise.all([server.stop(), clusterNode.stop()]);
  });

  /** Makes a user with its own prefix, so that several can be examined at the same time. */
  async function without(right: string): Promise<RedisStoreOptions & { keyPrefix: string }> {
    const cluster = ONLY_IN_A_CLUSTER.includes(right);
    const position = RIGHTS.indexOf(right);
    const keyPrefix = `p${position}`;
    const others = rules.filter((rule) => rule !== right);
    await admins[cluster ? 1 : 0]?.acl(
      'SETUSER',
      `user${position}`,
      ...others.map((rule) => rule.replace('ws:', `${keyPrefix}:`)),
    );
    const { port } = cluster ? clusterNode : server;
    return {
      url: `redis://user${position}:PASSWORD@127.0.0.1:${port}`,
      cluster,
      keyPrefix,
      commandTimeout: 5_000,
      nearCacheBound: 0,
      revocationReplicas: right === '+wait' ? 1 : 0,
    };
  }

  async function faultsTold(
    options: RedisStoreOptions,
  ): Promise<{ doctor: string; start: string }> {
    const findings = await checkRedis(options);
    const store = await openRedisStore(options);
    const caveats = await store
      .caveats()
      .catch((error: unknown) => [String((error as Error).cause)]);
    await store.close();
    const faults = findings.filter(({ check }) => /connection|permission/.test(check));
    const told = faults
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ meaning, remedy }) => `${meaning} ${remedy ?? ''}`);
    return { doctor: told.join('\n'), start: caveats.join('\n') };
  }

  it('names each missing right of the Redis user in the doctor and in the caveats of the store', async () => {
    const unnamed: object[] = [];
    await inBatches(RIGHTS, async (right) => {
      const options = await without(right);
      const name = nameOf(right, options.keyPrefix);
      const isTold = (text: string) =>
        ALWAYS_ALLOWED.includes(right)
          ? text === ''
          : text.toUpperCase().includes(name.toUpperCase().replace(' ', '|')) ||
            (text.includes(name) && !text.includes('cannot be reached'));
      let told = await faultsTold(options);
      // A cluster client may close the connection before it has read the reply that names the right.
      for (let again = 0; again < 3 && !isTold(told.start); again += 1) {
        told = await faultsTold(options);
      }
      if (!isTold(told.doctor) || !isTold(told.start)) unnamed.push({ right, ...told });
    });
    expect(unnamed).toEqual([]);
  });

  it('warns that the Redis user may not run INFO, and serves without reporting an outage', async () => {
    const { url, keyPrefix } = await without('+info');
    const service = await startTestService('Redis', {
      REDIS_URL: url,
      REDIS_KEY_PREFIX: keyPrefix,
    });
    const log = service.log.join('');
    expect((await fetch(new URL('/readyz', service.url))).status).toBe(200);
    await service.stop();
    expect(log).toContain('The Redis user may not run INFO');
    expect(log).not.toMatch(/cannot be reached|"level":50/);
  });
});
