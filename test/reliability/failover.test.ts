import { eventually } from '../harness/eventually.js';
import { startRedisCluster } from '../harness/redis-cluster.js';
import { startWatchedRedis } from '../harness/redis-sentinels.js';
import { startTestService, type TestService } from '../harness/service.js';
import { startSessionTraffic } from '../harness/session-traffic.js';
import { ownPrefix } from '../harness/stores.js';

const ENVIRONMENT = {
  REDIS_REVOCATION_REPLICAS: '1',
  REDIS_COMMAND_TIMEOUT: '1s',
  SESSION_LIMIT: '0',
  RATE_LIMIT_CHALLENGE_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_WALLET: 'none',
  RATE_LIMIT_REFRESH_PER_IP: 'none',
  RATE_LIMIT_REFRESH_PER_SESSION: 'none',
  RATE_LIMIT_LOGOUT_PER_SESSION: 'none',
};

/** Two instances on one Redis. */
function startTwo(environment: Record<string, string>): Promise<[TestService, TestService]> {
  const shared = { ...ENVIRONMENT, ...environment, REDIS_KEY_PREFIX: ownPrefix() };
  return Promise.all([startTestService('Redis', shared), startTestService('Redis', shared)]);
}

interface Deployment {
  readonly environment: Record<string, string>;
  /** Resolves when another server is master and the failed one is back as its replica. */
  failMaster(): Promise<void>;
  stop(): Promise<void>;
}

async function aCluster(): Promise<Deployment> {
  const cluster = await startRedisCluster(2000);
  return {
    environment: { REDIS_URL: cluster.url, REDIS_CLUSTER: 'true' },
    async failMaster() {
      const masters = await cluster.masters();
      const [victim] = masters;
      await victim?.kill();
      await eventually(async () => {
        expect(await cluster.masters()).toHaveLength(masters.length);
      });
      await victim?.restart();
    },
    stop: () => cluster.stop(),
  };
}

async function aMasterWithSentinels(): Promise<Deployment> {
  const watched = await startWatchedRedis();
  return {
    environment: { REDIS_URL: watched.url, REDIS_SENTINELS: watched.sentinels },
    failMaster: () => watched.failMaster(),
    stop: () => watched.stop(),
  };
}

describe.each([
  ['in a cluster', aCluster],
  ['monitored by sentinels', aMasterWithSentinels],
])('a service whose Redis master %s is killed under load', (_of, deploy) => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  // Sentinels that could not agree on a failover retry it after ten seconds.
  it('undoes no acknowledged revocation in a Redis failover and delivers each one once', async () => {
    const deployment = await deploy();
    cleanUps.push(() => deployment.stop());
    const [service, other] = await startTwo(deployment.environment);
    cleanUps.push(() => Promise.all([service.stop(), other.stop()]));
    const traffic = await startSessionTraffic(service, other, 9);
    cleanUps.push(() => {
      traffic.abandon();
    });
    await traffic.furtherRevocations(2);
    await deployment.failMaster();
    await traffic.furtherRevocations(2);
    await traffic.stop();
    if (process.env['REPORT'] !== undefined) console.log(traffic.counts);

    expect(traffic.letIn).toEqual([]);
    expect([...new Set(traffic.told)]).toEqual(traffic.told);
    expect(traffic.counts.checks).toBeGreaterThan(0);
  }, 300_000);
});
