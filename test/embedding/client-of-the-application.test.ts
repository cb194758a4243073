import { Cluster, Redis } from 'ioredis';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createWalletSessions } from '../../src/core/wallet-sessions.js';
import type { ApplicationClient } from '../../src/stores/redis/settings.js';
import { clusterOfThisFile } from '../harness/cluster-of-this-file.js';
import { eventually } from '../harness/eventually.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const KEYS = [{ id: 'k', secret: Buffer.alloc(32, 1) }];

/** Creates a session on a store, ends it at another instance, and returns what the first one thinks of it. */
async function useStore(client: ApplicationClient) {
  const keyPrefix = ownPrefix();
  const open = async () =>
    createWalletSessions({
      store: await openRedisStore({ client, keyPrefix, commandTimeout: PATIENT_TIMEOUT }),
      keys: KEYS,
      origins: [ORIGIN],
      report: () => undefined,
    });
  const [first, second] = await Promise.all([open(), open()]);
  const wallet = aWallet().account;
  const created = { wallet, chainId: 'eip155:1' } as const;
  const { accessToken, session } = await eventually(() => first.sessions.create(created, {}));
  expect(await first.sessions.validate(accessToken, {})).toMatchObject({ id: session.id });
  await second.sessions.revoke({ wallet, sessionId: session.id, reason: 'LOGOUT', source: {} });
  await eventually(async () => {
    expect(await first.sessions.validate(accessToken, {})).toBeUndefined();
  });
  await Promise.all([first.close(), second.close()]);
  return keyPrefix;
}

describe('a store on a client of the application', () => {
  it('keeps sessions on the server of a Redis, without its key prefix and its other habits, and leaves it as it was', async () => {
    const options = { keyPrefix: 'app:', enableAutoPipelining: true, stringNumbers: true };
    const client = new Redis(redisUrl(), options);
    await client.set('own', '1');
    const before = { listeners: listenersOf(client), methods: Object.keys(client) };
    const keyPrefix = await useStore(client);
    expect(listenersOf(client)).toEqual(before.listeners);
    expect(Object.keys(client)).toEqual(before.methods);
    expect(await client.get('own')).toBe('1');
    const { host = '', port = 0 } = client.options;
    const admin = new Redis({ host, port });
    const [, names] = await admin.scan('0', 'MATCH', `*${keyPrefix}:*`, 'COUNT', 1_000_000);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !name.startsWith(`${keyPrefix}:`))).toEqual([]);
    await Promise.all([client.quit(), admin.quit()]);
  });

  it('keeps sessions in the cluster of a Cluster, at its masters, and leaves it connected', async () => {
    const { url } = await clusterOfThisFile();
    const nodes = url.split(',').map((text) => {
      const { hostname, port } = new URL(text);
      return { host: hostname, port: Number(port) };
    });
    const client = new Cluster(nodes, { scaleReads: 'slave', keyPrefix: 'app:' });
    await eventually(() => client.set('own', '1'));
    const before = { listeners: listenersOf(client), methods: Object.keys(client) };
    await useStore(client);
    expect(listenersOf(client)).toEqual(before.listeners);
    expect(Object.keys(client)).toEqual(before.methods);
    expect(client.status).toBe('ready');
    await client.quit();
  });

  it.each<[string, unknown, RegExp]>([
    ['no client of ioredis', {}, /^client must be a Redis or Cluster of ioredis/],
    [
      'a cluster of another package',
      { options: {}, isCluster: true, duplicate: () => undefined },
      /^client must be a Redis or Cluster of ioredis/,
    ],
  ])('refuses %s', async (_what, client, message) => {
    const opening = openRedisStore({ client: client as never });
    await expect(opening).rejects.toThrow(TypeError);
    await expect(opening).rejects.toThrow(message);
  });

  it('refuses a client together with an address', async () => {
    const client = new Redis(redisUrl(), { lazyConnect: true });
    const opening = openRedisStore({ client, url: redisUrl() });
    await expect(opening).rejects.toThrow(/has no url/);
    client.disconnect();
  });
});

const listenersOf = (client: Redis | Cluster) =>
  client.eventNames().map((name) => [name, client.listenerCount(name)]);
