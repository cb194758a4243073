import { Redis } from 'ioredis';
import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { startSlowProxy, type SlowProxy } from '../harness/slow-proxy.js';

let master: RedisServer;
let replica: RedisServer;
/** The connection from the replica to the master. */
let link: SlowProxy;
/** The address that an operator points at the current master. */
let address: SlowProxy;
let service: TestService;

beforeEach(async () => {
  master = await startRedisServer({ args: ['--repl-diskless-sync-delay', '0'] });
  link = await startSlowProxy(master.port);
  replica = await startRedisServer({ args: ['--replicaof', '127.0.0.1', String(link.port)] });
  address = await startSlowProxy(master.port);
  await replicated();
});
afterEach(async () => {
  await service.stop();
  await address.close();
  await link.close();
  await Promise.all([master.stop(), replica.stop()]);
});

async function administer<Result>(
  { url }: RedisServer,
  act: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** Resolves when the replica has all data of the master. */
function replicated(): Promise<void> {
  return administer(master, (redis) =>
    eventually(async () => {
      await redis.set('fence', '');
      if ((await redis.wait(1, 1000)) < 1) throw new Error('The replica is behind.');
    }),
  );
}

async function failOver(): Promise<void> {
  master.process.kill('SIGKILL');
  await administer(replica, (redis) => redis.replicaof('NO', 'ONE'));
  address.target = replica.port;
  address.cut();
}

async function start(revocationReplicas: number): Promise<void> {
  service = await startTestService('Redis', {
    REDIS_URL: `redis://127.0.0.1:${address.port}`,
    REDIS_COMMAND_TIMEOUT: '4s',
    REDIS_REVOCATION_REPLICAS: String(revocationReplicas),
  });
}

async function aReplicatedSession(): Promise<{ id: string; accessToken: string }> {
  const { session, accessToken } = await signIn(service.url);
  await replicated();
  return { id: session.id, accessToken };
}

const as = (accessToken: string) => apiClient(service.url, accessToken);

const isLetIn = (accessToken: string) =>
  eventually(async () => (await as(accessToken).request(CurrentSessionDocument)).session !== null);

describe('a service with REDIS_REVOCATION_REPLICAS', () => {
  it('answers a revocation only when a replica has it, so that the revocation survives a failover', async () => {
    await start(1);
    const { id, accessToken } = await aReplicatedSession();
    const { logout } = await as(accessToken).request(LogoutDocument, {});
    await failOver();
    expect(logout.sessionId).toBe(id);
    expect(await isLetIn(accessToken)).toBe(false);
  });

  it('answers SERVICE_UNAVAILABLE to a revocation that no replica confirms, audits it, and repeats it on the next master', async () => {
    await start(1);
    const { accessToken } = await aReplicatedSession();
    link.delay = Infinity;
    expect(await refusalOf(as(accessToken), LogoutDocument, {})).toBe('SERVICE_UNAVAILABLE');
    expect(await isLetIn(accessToken)).toBe(false);
    expect(service.log.filter((line) => line.includes('"session.revoked"'))).toHaveLength(1);
    await failOver();
    // The new master does not know of the revocation. This instance repeats it.
    await eventually(async () => {
      expect(await isLetIn(accessToken)).toBe(false);
    });
  });

  it('delays only revocations while it waits for a replica', async () => {
    await start(1);
    const { accessToken } = await aReplicatedSession();
    const ending = await signIn(service.url);
    link.delay = Infinity;
    const refused = refusalOf(as(ending.accessToken), LogoutDocument, {});
    expect(await isLetIn(accessToken)).toBe(true);
    await signIn(service.url);
    expect(await refused).toBe('SERVICE_UNAVAILABLE');
  });

  it('accepts a revoked session after a failover if REDIS_REVOCATION_REPLICAS is 0 and the replica missed the revocation', async () => {
    await start(0);
    const { accessToken } = await aReplicatedSession();
    link.delay = Infinity;
    await as(accessToken).request(LogoutDocument, {});
    expect(await isLetIn(accessToken)).toBe(false);
    await failOver();
    expect(await isLetIn(accessToken)).toBe(true);
  });
});
