import { Redis } from 'ioredis';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { RedisStoreOptions } from '../../src/stores/redis/settings.js';
import { aCertificateAuthority, type TestAuthority } from '../harness/certificates.js';
import { eventually } from '../harness/eventually.js';
import { freePort } from '../harness/free-port.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { reliable } from '../harness/reliable.js';
import { temporaryDirectory } from '../harness/stores.js';
import { openTlsFront, type TlsFront } from '../harness/tls-front.js';

describe('the server name in TLS handshakes with Redis (SNI)', () => {
  const cleanUps: (() => unknown)[] = [];
  let directory: string;
  let authority: TestAuthority;
  let certificateAuthority: string;

  beforeAll(async () => {
    const temporary = await temporaryDirectory();
    cleanUps.push(() => temporary.remove());
    directory = temporary.path;
    authority = await aCertificateAuthority(directory, 'own');
    certificateAuthority = await readFile(authority.certificateFile, 'utf8');
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  /** A server that announces the port of the front before it. */
  async function startBehindFront(
    args: (frontPort: number) => readonly string[] = () => [],
    sentinelConfig?: string,
  ): Promise<{ server: RedisServer; front: TlsFront }> {
    const port = await freePort();
    const front = await openTlsFront(authority, () => port);
    cleanUps.push(() => front.close());
    const server = await startRedisServer({
      port,
      args: args(front.port),
      ...(sentinelConfig !== undefined && {
        configFile: sentinelConfig,
        until: 'Sentinel ID is',
      }),
    });
    cleanUps.push(() => server.stop());
    return { server, front };
  }

  /** Uses the connections for commands, reads and subscriptions. */
  async function useStore(options: RedisStoreOptions): Promise<void> {
    const store = await openRedisStore({
      certificateAuthority,
      nearCacheBound: 60_000,
      ...options,
    });
    try {
      await eventually(() => store.ping());
      await reliable(store);
      const partition = aPartition();
      const record = aRecord(Date.now());
      const told: unknown[] = [];
      await eventually(() => store.revocations.watch(partition, (end) => told.push(end)));
      await store.sessions.insert(partition, record, NO_LIMIT, Date.now());
      await store.sessions.revoke(partition, 'all', 'LOGOUT_ALL', Date.now());
      await eventually(() => {
        expect(told).toMatchObject([{ sessionId: record.id }]);
        return Promise.resolve();
      });
    } finally {
      await store.close();
    }
  }

  it('sends the host of the Redis URL as the server name in TLS handshakes', async () => {
    const { front } = await startBehindFront();
    await useStore({ url: `rediss://localhost:${front.port}` });
    expect([...front.namesSent]).toEqual(['localhost']);
  });

  it('sends no server name in a TLS handshake with an IP address', async () => {
    const { front } = await startBehindFront();
    await useStore({ url: `rediss://127.0.0.1:${front.port}` });
    expect([...front.namesSent]).toEqual([undefined]);
  });

  it('sends the host name that each node of a Redis Cluster announces as the server name', async () => {
    const { server, front } = await startBehindFront((port) => [
      ...['--dir', directory, '--cluster-enabled', 'yes', '--cluster-port', '0'],
      ...['--cluster-announce-port', String(port)],
      ...['--cluster-announce-hostname', 'localhost'],
      ...['--cluster-preferred-endpoint-type', 'hostname'],
    ]);
    const admin = new Redis(server.url);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    admin.disconnect();
    // The URL names an address, so that the name can only come from the node.
    await useStore({ url: `rediss://127.0.0.1:${front.port}`, cluster: true });
    expect([...front.namesSent].sort()).toEqual(['localhost', undefined]);
  });

  it('sends the hosts of sentinels and of the master that they name as server names', async () => {
    const master = await startBehindFront();
    const configFile = join(directory, 'sentinel.conf');
    await writeFile(
      configFile,
      `sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\nsentinel monitor mymaster localhost ${master.front.port} 1\n`,
    );
    const sentinel = await startBehindFront(() => ['--sentinel'], configFile);
    await useStore({
      url: 'rediss://mymaster',
      sentinels: `rediss://localhost:${sentinel.front.port}`,
    });
    expect([...sentinel.front.namesSent]).toEqual(['localhost']);
    expect([...master.front.namesSent]).toEqual(['localhost']);
  });
});
