import { Redis } from 'ioredis';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { CreateSignInChallengeDocument } from '../generated/graphql.js';
import { apiClient, refusalOf } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { aPartition, aRecord, idsOf, NO_LIMIT } from '../harness/record.js';
import { recommendedRights } from '../harness/recommended-rights.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { reliable } from '../harness/reliable.js';
import { startTestService } from '../harness/service.js';
import type { StoreUnderTest } from './contract/store-under-test.js';
import { describeAudit } from './contract/audit.js';
import { describeChallenges } from './contract/challenges.js';
import { describeExpiredSessions } from './contract/expired-sessions.js';
import { describeRevocationFeed } from './contract/revocation-feed.js';
import { describeRotation } from './contract/rotation.js';
import { describeSessions } from './contract/sessions.js';
import { describeStatistics } from './contract/statistics.js';

/** Rights that are needed only in a cluster, with replicas or at shutdown. */
const NEEDED_OTHERWISE = ['+asking', '+cluster|info', '+cluster|slots', '+quit', '+wait'];

describe('the Redis store with the ACL rights recommended in docs/security.md', () => {
  const [user, ...rules] = recommendedRights();
  const url = ({ port }: RedisServer) => `redis://${user}:PASSWORD@127.0.0.1:${port}`;
  const clock = createFakeClock();
  let server: RedisServer;
  let admin: Redis;
  let store: OpenStore;
  let elsewhere: OpenStore;
  const cleanUps: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
    cleanUps.push(() => server.stop());
    admin = new Redis(server.url);
    cleanUps.push(() => {
      admin.disconnect();
    });
    await admin.acl('SETUSER', user, ...rules);
    const open = async () => {
      const opened = await openRedisStore({ url: url(server), nearCacheBound: 60_000 });
      cleanUps.push(() => opened.close());
      return opened;
    };
    [store, elsewhere] = await Promise.all([open(), open()]);
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  const underTest: StoreUnderTest = { clock, store: () => store, elsewhere: () => elsewhere };
  describeSessions(underTest);
  describeRotation(underTest);
  describeExpiredSessions(underTest);
  describeRevocationFeed(underTest);
  describeChallenges(underTest);
  describeAudit(underTest);
  describeStatistics(underTest);

  it('keeps sessions in the near-cache, counts acts and checks Redis with the recommended ACL rights', async () => {
    await reliable(store);
    expect(await store.rateLimits.count('test', 'somebody', { acts: 1, window: 1000 })).toBe(0);
    await store.ping();
    expect(await store.caveats()).toEqual([]);
  });

  it('rebuilds the overwritten index of a wallet with the recommended ACL rights', async () => {
    const partition = aPartition();
    const record = aRecord(clock.now());
    await store.sessions.insert(partition, record, NO_LIMIT, clock.now());
    await admin.set(`ws:{${partition}}:sessions`, 'overwritten');
    const list = () => store.sessions.list(partition, clock.now());
    expect(idsOf(await eventually(list))).toEqual([record.id]);
  });

  it.each([
    ['wait for replicas', ['WAIT', '1', '1']],
    ['read the slots of a cluster', ['CLUSTER', 'SLOTS']],
    ['read the state of a cluster', ['CLUSTER', 'INFO']],
    ['follow a slot that moves in a cluster', ['ASKING']],
  ])('grants the recommended Redis user the right to %s', async (_what, command) => {
    expect(await admin.call('ACL', 'DRYRUN', user, ...command)).toBe('OK');
  });

  it('uses every recommended Redis right and is refused no command', async () => {
    expect(await admin.acl('LOG')).toEqual([]);
    const statistics = await admin.info('commandstats');
    const used = new Set(
      Array.from(statistics.matchAll(/^cmdstat_([\w|]+):/gm), ([, name]) => `+${String(name)}`),
    );
    const commands = rules.filter((rule) => rule.startsWith('+'));
    expect(commands.filter((name) => !used.has(name)).sort()).toEqual(NEEDED_OTHERWISE);
  });

  it.each([
    ['read keys of other applications', ['GET', 'another:key']],
    ['subscribe to channels of other applications', ['SUBSCRIBE', 'another']],
    ['list all keys', ['KEYS', '*']],
    ['read the configuration', ['CONFIG', 'GET', 'maxmemory']],
    ['delete all keys', ['FLUSHDB']],
    ['read the ACL', ['ACL', 'LIST']],
  ])('denies the recommended Redis user the right to %s', async (_what, command) => {
    expect(await admin.call('ACL', 'DRYRUN', user, ...command)).toMatch(/no permissions/);
  });

  it('logs which right the Redis user lacks when a command is refused', async () => {
    await admin.acl('SETUSER', 'poor', ...rules, '-set');
    const service = await startTestService('Redis', {
      REDIS_URL: `redis://poor:PASSWORD@127.0.0.1:${server.port}`,
      REDIS_KEY_PREFIX: 'ws',
    });
    const client = apiClient(service.url);
    expect(await refusalOf(client, CreateSignInChallengeDocument, {})).toBe('SERVICE_UNAVAILABLE');
    expect(service.log.join('')).toMatch(/NOPERM .*\bset\b/);
    await service.stop();
  });

  it.each([
    ['a wrong password', `redis://${user}:guess@127.0.0.1`, /WRONGPASS/],
    ['an unknown user', 'redis://nobody:PASSWORD@127.0.0.1', /WRONGPASS/],
  ])('logs that Redis refuses %s', async (_what, address, reason) => {
    const service = await startTestService('Redis', { REDIS_URL: `${address}:${server.port}` });
    const client = apiClient(service.url);
    expect(await refusalOf(client, CreateSignInChallengeDocument, {})).toBe('SERVICE_UNAVAILABLE');
    expect(service.log.join('')).toMatch(reason);
    await service.stop();
  });
});
