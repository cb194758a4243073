import { Redis } from 'ioredis';
import type { Session, SessionGrant } from '../../src/sessions/session.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createFakeClock } from '../harness/clock.js';
import { startInstance, type Instance } from '../harness/instance.js';
import { openRedisProxy, type RedisProxy } from '../harness/redis-proxy.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { reliable } from '../harness/reliable.js';
import { ownPrefix, PATIENT_TIMEOUT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const SOURCE = { ipAddress: '203.0.113.7' };

/** A staleness bound that is never reached, however slow the machine is. */
const NEVER = 60_000;

/** Commands by which `RedisProxy` recognises the two connections that keep the cache valid. */
const CHANNEL = '__redis__:invalidate';
const READS = 'TRACKING';

interface WarmInstance {
  readonly here: Instance;
  readonly store: OpenStore;
  readonly grant: SessionGrant;
  readonly validate: () => Promise<Session | undefined>;
}

describe('the near-cache of an instance', () => {
  const { account: wallet } = aWallet();
  const clock = createFakeClock();
  let redis: RedisServer;
  let keyPrefix: string;
  let proxy: RedisProxy;
  let stores: OpenStore[];
  let there: Instance;

  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis.stop());

  beforeEach(async () => {
    keyPrefix = ownPrefix();
    proxy = await openRedisProxy(redis.url);
    stores = [];
    there = startInstance(await open(redis.url, NEVER), clock);
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await proxy.close();
  });

  async function open(url: string, nearCacheBound: number): Promise<OpenStore> {
    const store = await openRedisStore({
      url,
      keyPrefix,
      nearCacheBound,
      commandTimeout: PATIENT_TIMEOUT,
    });
    stores.push(store);
    return store;
  }

  const logout = ({ session }: SessionGrant) =>
    there.sessions.revoke({ wallet, sessionId: session.id, reason: 'LOGOUT', source: SOURCE });

  /** An instance that has a validated session in its near-cache. */
  async function warmInstance(bound = NEVER): Promise<WarmInstance> {
    const store = await open(proxy.url, bound);
    const here = startInstance(store, clock);
    const grant = await there.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
    const validate = async () => here.sessions.validate(grant.accessToken, SOURCE);
    while (here.sessions.nearCache().hits === 0) {
      await reliable(store);
      await validate();
    }
    return { here, store, grant, validate };
  }

  it.each<[string, (grant: SessionGrant) => Promise<unknown>]>([
    ['logout', (grant) => logout(grant)],
    ['logoutAll', () => there.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: SOURCE })],
    ['refresh', ({ refreshToken }) => there.sessions.refresh(refreshToken, SOURCE)],
  ])(
    'refuses a cached session after %s on another instance as soon as Redis has sent the invalidation',
    async (_how, end) => {
      const { here, grant, validate } = await warmInstance();
      const invalidated = here.invalidated(grant.session.id);
      await end(grant);
      await invalidated;
      expect(await validate()).toBeUndefined();
    },
  );

  it.each([
    ['for reading', READS],
    ['for invalidations', CHANNEL],
  ])(
    'drops every cached session when its connection %s breaks, so that a missed revocation takes effect',
    async (_what, marker) => {
      const { here, store, grant, validate } = await warmInstance();
      const cleared = here.invalidated('all');
      proxy.cut(marker);
      await cleared;
      expect(here.sessions.nearCache()).toMatchObject({ size: 0 });
      await logout(grant);
      await reliable(store);
      expect(await validate()).toBeUndefined();
    },
  );

  it('refuses a revoked session within the staleness bound when its connection goes silent without breaking', async () => {
    const { here, grant, validate } = await warmInstance(100);
    const cleared = here.invalidated('all');
    proxy.mute(CHANNEL);
    await logout(grant);
    await cleared;
    expect(await validate()).toBeUndefined();
  });

  it('refuses every cached session after Redis was flushed', async () => {
    const { here, store, validate } = await warmInstance();
    const cleared = here.invalidated('all');
    const admin = new Redis(redis.url);
    await admin.flushall();
    await admin.quit();
    await cleared;
    expect(await validate()).toBeUndefined();
    await reliable(store);
  });

  it('caches sessions again when a broken connection is restored', async () => {
    const { here, store, grant, validate } = await warmInstance();
    const cleared = here.invalidated('all');
    proxy.cut(CHANNEL);
    await cleared;
    await reliable(store);
    await validate();
    expect(here.sessions.validate(grant.accessToken, SOURCE)).toEqual(grant.session);
  });

  it('asks Redis on every validation when the staleness bound is 0', async () => {
    const here = startInstance(await open(redis.url, 0), clock);
    const { accessToken, session } = await there.sessions.create(
      { wallet, chainId: 'eip155:1' },
      SOURCE,
    );
    for (let count = 0; count < 3; count += 1) {
      expect(await here.sessions.validate(accessToken, SOURCE)).toEqual(session);
    }
    expect(here.reads()).toBe(3);
    await there.sessions.revoke({
      wallet,
      sessionId: session.id,
      reason: 'LOGOUT',
      source: SOURCE,
    });
    expect(await here.sessions.validate(accessToken, SOURCE)).toBeUndefined();
  });
});
