import {
  CurrentSessionDocument,
  LogoutDocument,
  SessionRevokedDocument,
} from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { securedAccess, type RedisAccess } from '../harness/redis-access.js';
import { startRedisCluster } from '../harness/redis-cluster.js';
import { startWatchedRedis } from '../harness/redis-sentinels.js';
import { startTestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { aWallet } from '../harness/wallet.js';

interface Deployment {
  readonly environment: Record<string, string>;
  failMaster(): Promise<void>;
  stop(): Promise<void>;
}

async function aCluster(access: RedisAccess): Promise<Deployment> {
  const cluster = await startRedisCluster(2000, access);
  return {
    environment: { REDIS_URL: cluster.url, REDIS_CLUSTER: 'true' },
    async failMaster() {
      const masters = await cluster.masters();
      await masters[0]?.kill();
      await eventually(async () => {
        expect(await cluster.masters()).toHaveLength(masters.length);
      });
    },
    stop: () => cluster.stop(),
  };
}

async function aMasterWithSentinels(access: RedisAccess): Promise<Deployment> {
  const watched = await startWatchedRedis(access);
  return {
    environment: { REDIS_URL: watched.url, REDIS_SENTINELS: watched.sentinels },
    failMaster: () => watched.failMaster(),
    stop: () => watched.stop(),
  };
}

describe.each([
  ['a cluster', aCluster],
  ['a master monitored by sentinels with their own password', aMasterWithSentinels],
])('a service over TLS with the recommended Redis rights, on %s', (_on, deploy) => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  it('serves over TLS with the recommended Redis rights, recovers from a failover, and logs no password', async () => {
    const access = await securedAccess();
    cleanUps.push(() => access.remove());
    const deployment = await deploy(access);
    cleanUps.push(() => deployment.stop());
    const service = await startTestService('Redis', {
      ...access.environment,
      ...deployment.environment,
      REDIS_REVOCATION_REPLICAS: '1',
    });
    cleanUps.push(() => service.stop());

    const wallet = aWallet();
    /** Signs in on two devices, and waits until one is notified of the logout of the other. */
    async function oneEnd(): Promise<void> {
      const { accessToken } = await eventually(() => signIn(service.url, wallet));
      const socket = openSocket(service.webSocketUrl, accessToken);
      const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
      const other = await eventually(() => signIn(service.url, wallet));
      const ended = apiClient(service.url, other.accessToken);
      await eventually(async () => {
        await ended.request(LogoutDocument, {}).catch((error: unknown) => error);
        expect((await ended.request(CurrentSessionDocument)).session).toBeNull();
      });
      for await (const { sessionRevoked } of events) {
        if (sessionRevoked.sessionId === other.session.id) break;
      }
      await socket.close();
    }

    await oneEnd();
    await deployment.failMaster();
    await oneEnd();
    expect(service.log.join('')).not.toMatch(/PASSWORD|NOPERM|NOAUTH|WRONGPASS/);
  }, 300_000);
});
