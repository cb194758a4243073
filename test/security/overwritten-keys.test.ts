import { encode } from '@msgpack/msgpack';
import { Cluster, Redis } from 'ioredis';
import { createCore, type Core } from '../../src/core/create-core.js';
import type { AuditEvent } from '../../src/audit/events.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { hourOf } from '../../src/administration/statistics/period.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { clusterOfThisFile } from '../harness/cluster-of-this-file.js';
import { createFakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const REVOCATIONS_FAILED = 'Sessions that should have been revoked may still be active.';
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE' };

describe.each(['Redis', 'Redis Cluster'] as const)('keys overwritten in %s', (deployment) => {
  const keyPrefix = ownPrefix();
  const clock = createFakeClock();
  let raw: Redis | Cluster;
  let store: OpenStore;
  let services: Core;
  let audited: AuditEvent[];
  let logged: Error[];
  let wallet: ReturnType<typeof aWallet>['account'];

  beforeAll(async () => {
    const isCluster = deployment === 'Redis Cluster';
    const url = isCluster ? (await clusterOfThisFile()).url : redisUrl();
    const nodes = url.split(',');
    raw = isCluster ? new Cluster(nodes) : new Redis(url);
    store = await openRedisStore({
      url,
      cluster: isCluster,
      keyPrefix,
      commandTimeout: PATIENT_TIMEOUT,
      onError: (error) => logged.push(error),
    });
  });
  afterAll(async () => {
    await store.close();
    raw.disconnect();
  });

  beforeEach(() => {
    wallet = aWallet().account;
    audited = [];
    logged = [];
    services = createCore({
      store,
      keys: [aKey('first')],
      clock,
      sessions: { ...DEFAULT_SESSION_POLICY, limit: 3 },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      nearCacheSize: 0,
      audit: (event) => audited.push(event),
      report: (error) => {
        // Ends that the store did not carry out are applied again in the background.
        const isOfEnds = error instanceof Error && error.message.startsWith(REVOCATIONS_FAILED);
        if (isOfEnds) return;
        throw error;
      },
    });
  });
  afterEach(() => services.drain());

  const nameOf = (kind: string) => `${keyPrefix}:{${partitionOf(wallet)}}:${kind}`;
  const create = () =>
    eventually(() => services.sessions.create({ wallet, chainId: 'eip155:1' }, {}));
  const revokeAll = () => services.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: {} });
  const isLetIn = async ({ accessToken }: SessionGrant) =>
    (await services.sessions.authenticate(accessToken)) !== undefined;
  const listed = async () => (await services.sessions.list(wallet)).map(({ id }) => id).sort();
  const idsOf = (grants: readonly SessionGrant[]) => grants.map(({ session }) => session.id).sort();
  const typeOf = (name: string) => raw.type(name);

  describe.each<[string, (name: string) => Promise<unknown>]>([
    ['bytes that are not MessagePack', (name) => raw.set(name, Buffer.from([0xc1, 0xff, 0x00]))],
    ['a number', (name) => raw.set(name, Buffer.from(encode(7)))],
    ['an array of nulls', (name) => raw.set(name, Buffer.from(encode([1, null, null])))],
    ['an empty string', (name) => raw.set(name, '')],
    ['a list', (name) => raw.multi().del(name).lpush(name, 'a').exec()],
  ])('a record overwritten with %s', (_what, overwrite) => {
    let broken: SessionGrant;
    let whole: SessionGrant;
    const record = () => nameOf(`session:${broken.session.id}`);

    beforeEach(async () => {
      broken = await create();
      clock.advance(1);
      whole = await create();
      await overwrite(record());
    });

    it('refuses and audits a session whose Redis record was overwritten, and keeps serving others', async () => {
      expect(await isLetIn(broken)).toBe(false);
      await expect(services.sessions.refresh(broken.refreshToken, {})).rejects.toMatchObject({
        code: 'REFRESH_TOKEN_INVALID',
      });
      expect(await isLetIn(whole)).toBe(true);
      expect(await listed()).toEqual(idsOf([whole]));
      await services.sessions.refresh(whole.refreshToken, {});
      expect(audited).toContainEqual(
        expect.objectContaining({
          type: 'session.record-refused',
          sessionId: broken.session.id,
        }),
      );
    });

    it('removes an overwritten record first to make room for a new session', async () => {
      clock.advance(1);
      const others = [whole, await create()];
      clock.advance(1);
      others.push(await create());
      expect(await listed()).toEqual(idsOf(others));
      expect(await typeOf(record())).toBe('none');
    });

    it('ends an overwritten session with all others and by its id', async () => {
      const { id } = broken.session;
      await services.sessions.revoke({ wallet, sessionId: id, reason: 'LOGOUT', source: {} });
      expect(await typeOf(record())).toBe('none');
      await overwrite(record());
      expect((await revokeAll()).map(({ sessionId }) => sessionId)).toEqual(idsOf([whole]));
      expect(await isLetIn(whole)).toBe(false);
    });
  });

  it('rebuilds an overwritten index from the records, and ends the sessions that are revoked afterwards', async () => {
    const grants = [await create(), await create()];
    await raw.set(nameOf('sessions'), 'overwritten');
    for (const step of [
      () => services.sessions.create({ wallet, chainId: 'eip155:1' }, {}),
      revokeAll,
    ]) {
      // The first step is refused. The second one may find the index rebuilt.
      await step().catch((error: unknown) => {
        expect(error).toMatchObject(UNAVAILABLE);
      });
      await eventually(listed);
      await raw.set(nameOf('sessions'), 'overwritten');
    }
    await eventually(listed);
    const another = await create();
    expect(logged.join('\n')).toContain(`The index of ${partitionOf(wallet)} was overwritten`);
    const known = await listed();
    expect(known).toContain(another.session.id);
    await revokeAll();
    expect(await listed()).toEqual([]);
    for (const grant of [...grants, another]) expect(await isLetIn(grant)).toBe(false);
  });

  it('ends and audits a session with a reused token even if its index was deleted', async () => {
    const { refreshToken } = await create();
    const { session, accessToken } = await services.sessions.refresh(refreshToken, {});
    await services.sessions.authenticate(accessToken);
    clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
    await raw.del(nameOf('sessions'));
    await expect(services.sessions.refresh(refreshToken, {})).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
    expect(audited).toContainEqual(
      expect.objectContaining({
        type: 'session.revoked',
        sessionId: session.id,
        reason: 'TOKEN_REUSE',
        expiresAt: session.expiresAt,
      }),
    );
  });

  it('ends sessions and notifies listeners even if the stored revocations were overwritten', async () => {
    const grant = await create();
    await raw.set(nameOf('revocations'), 'overwritten');
    const told = new Promise<string>((resolve, reject) => {
      services.sessions
        .watch(wallet, ({ sessionId }) => {
          resolve(sessionId);
        })
        .then(revokeAll)
        .catch(reject);
    });
    expect(await told).toBe(grant.session.id);
    expect(await isLetIn(grant)).toBe(false);
    expect(await typeOf(nameOf('revocations'))).toBe('list');
  });

  it('reports an overwritten audit history as unreadable once and keeps the next event', async () => {
    await create();
    await services.auditLog.flush();
    await raw.set(nameOf('history'), 'overwritten');
    expect(await services.auditLog.ofWallet(wallet)).toMatchObject({ entries: [], unreadable: 1 });
    await revokeAll();
    await services.auditLog.flush();
    const { entries, unreadable } = await services.auditLog.ofWallet(wallet);
    expect(entries.map(({ type }) => type)).toContain('session.revoked');
    expect(unreadable).toBe(0);
  });

  it('replaces invalid entries in an audit history by the next event', async () => {
    await raw.rpush(nameOf('history'), 'no entry', 'none either');
    await create();
    expect(await services.auditLog.isIdle()).toBe(true);
    expect(await services.auditLog.ofWallet(wallet)).toMatchObject({
      entries: [{ type: 'session.created' }],
      unreadable: 0,
    });
  });

  it('reports an overwritten audit log of all wallets as unreadable once and keeps the next event', async () => {
    await raw.set(`${keyPrefix}:audit`, 'overwritten');
    const everybody = () => services.auditLog.ofEverybody(100);
    const { entries: left, ...page } = await everybody();
    expect(page).toMatchObject({ unreadable: 1, hasMore: false });
    // The other lists of all wallets have their own keys.
    expect(left.filter(({ entry }) => entry.type !== 'session.refreshed')).toEqual([]);
    await create();
    expect(await services.auditLog.isIdle()).toBe(true);
    const { entries, unreadable } = await everybody();
    expect(entries.map(({ entry }) => entry.type)).toContain('session.created');
    expect(unreadable).toBe(0);
    expect(logged).toEqual([]);
  });

  it('starts new statistics for an hour whose counts were overwritten', async () => {
    const countsOf = (time: number) => `${keyPrefix}:{statistics}:${hourOf(time)}`;
    const wallets = `${countsOf(clock.now())}:wallets`;
    // The counts of the hour in which the session will expire.
    const counts = countsOf(clock.now() + DEFAULT_SESSION_POLICY.timeout);
    for (const name of [wallets, counts]) await raw.set(name, 'overwritten');
    await create();
    await services.statistics.flush();
    expect(await services.statistics.report(1)).toMatchObject({ wallets: 1 });
    expect(await typeOf(counts)).toBe('hash');
  });
});
