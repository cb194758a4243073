import type { Session, SessionGrant } from '../../src/sessions/session.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createFakeClock } from '../harness/clock.js';
import { clusterOfThisFile } from '../harness/cluster-of-this-file.js';
import { eventually } from '../harness/eventually.js';
import { startInstance, type Instance } from '../harness/instance.js';
import type { ClusterNode, RedisCluster } from '../harness/redis-cluster.js';
import { everyMasterAnswers } from '../harness/open-store.js';
import { reliable } from '../harness/reliable.js';
import { ownPrefix, PATIENT_TIMEOUT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const SOURCE = { ipAddress: '203.0.113.7' };

/** A staleness bound that is never reached: a session is refused only because of an invalidation. */
const NEVER = 60_000;

describe('the near-cache on a Redis Cluster', () => {
  const clock = createFakeClock();
  let cluster: RedisCluster;
  let keyPrefix: string;
  let stores: OpenStore[];
  let here: Instance;
  let there: Instance;
  let wallet: ReturnType<typeof aWallet>['account'];
  let grant: SessionGrant;
  let validate: () => Promise<Session | undefined>;

  beforeAll(async () => {
    cluster = await clusterOfThisFile();
  }, 300_000);

  beforeEach(async () => {
    keyPrefix = ownPrefix();
    stores = [];
    wallet = aWallet().account;
    there = startInstance(await open(), clock);
    const store = await open();
    here = startInstance(store, clock);
    grant = await there.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
    validate = async () => here.sessions.validate(grant.accessToken, SOURCE);
    while (here.sessions.nearCache().hits === 0) {
      await reliable(store);
      await validate();
    }
  }, 300_000);
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  async function open(): Promise<OpenStore> {
    const { url } = cluster;
    const where = { url, cluster: true, keyPrefix };
    const store = await openRedisStore({
      ...where,
      nearCacheBound: NEVER,
      commandTimeout: PATIENT_TIMEOUT,
    });
    stores.push(store);
    await everyMasterAnswers(store.sessions);
    return store;
  }

  it('validates a cached session without asking any master of a Redis Cluster', async () => {
    const reads = here.reads();
    expect(await validate()).toEqual(grant.session);
    expect(here.reads()).toBe(reads);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'logout',
      () =>
        there.sessions.revoke({
          wallet,
          sessionId: grant.session.id,
          reason: 'LOGOUT',
          source: SOURCE,
        }),
    ],
    ['logoutAll', () => there.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: SOURCE })],
    ['refresh', () => there.sessions.refresh(grant.refreshToken, SOURCE)],
  ])(
    'refuses a cached session after %s on another instance as soon as its cluster master has sent the invalidation',
    async (_how, end) => {
      const invalidated = here.invalidated(grant.session.id);
      await end();
      await invalidated;
      expect(await validate()).toBeUndefined();
    },
  );

  it('reads a session again and caches it again when its slot has moved to another cluster master', async () => {
    const invalidated = here.invalidated(grant.session.id);
    const cleared = here.invalidated('all');
    await moveSlot(cluster, `${keyPrefix}:{${partitionOf(wallet)}}:sessions`);
    await invalidated;
    expect(await validate()).toEqual(grant.session);
    await cleared;
    const { hits } = here.sessions.nearCache();
    await eventually(async () => {
      await validate();
      expect(here.sessions.nearCache().hits).toBeGreaterThan(hits);
    });
    const invalidatedAgain = here.invalidated(grant.session.id);
    await there.sessions.revoke({
      wallet,
      sessionId: grant.session.id,
      reason: 'LOGOUT',
      source: SOURCE,
    });
    await invalidatedAgain;
    expect(await validate()).toBeUndefined();
  });
});

/** Moves the slot of a key, with all its keys, to another master, as an operator does. */
async function moveSlot(cluster: RedisCluster, key: string): Promise<void> {
  const masters = await cluster.masters();
  const slot = await masters[0]?.admin.call('CLUSTER', 'KEYSLOT', key);
  const named = await Promise.all(
    masters.map(async (node) => ({
      ...node,
      id: String(await node.admin.call('CLUSTER', 'MYID')),
      keys: await keysIn(node, Number(slot)),
    })),
  );
  const from = named.find(({ keys }) => keys.length > 0);
  const to = named.find((node) => node !== from);
  if (from === undefined || to === undefined) throw new Error('The slot is empty.');
  const { port } = to.admin.options;
  await to.admin.call('CLUSTER', 'SETSLOT', Number(slot), 'IMPORTING', from.id);
  await from.admin.call('CLUSTER', 'SETSLOT', Number(slot), 'MIGRATING', to.id);
  await from.admin.call('MIGRATE', '127.0.0.1', Number(port), '', 0, 5000, 'KEYS', ...from.keys);
  for (const { admin } of [to, from, ...named]) {
    await admin.call('CLUSTER', 'SETSLOT', Number(slot), 'NODE', to.id);
  }
}

async function keysIn({ admin }: ClusterNode, slot: number): Promise<string[]> {
  return (await admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
}
