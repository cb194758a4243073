import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { allOrNone } from './all-or-none.js';
import { eventually } from './eventually.js';
import { OPEN_ACCESS, type RedisAccess } from './redis-access.js';
import { startRedisServer, type RedisServer, type RedisServerOptions } from './redis-server.js';
import { temporaryDirectory } from './stores.js';

export interface WatchedRedis {
  /** The master, in the format of `REDIS_URL`. */
  readonly url: string;
  /** The sentinels, in the format of `REDIS_SENTINELS`. */
  readonly sentinels: string;
  /** Kills the master, waits until its replica is master, and restarts it. */
  failMaster(): Promise<void>;
  /** Closes all connections to the first master except that of its replica. */
  dropClients(): Promise<void>;
  stop(): Promise<void>;
}

const SENTINELS = 3;

/**
 * A master with a replica, and three sentinels that promote the replica when the master is down.
 * @param link gives the port by which the sentinels and their clients reach the master
 */
export async function startWatchedRedis(
  access = OPEN_ACCESS,
  link = (port: number) => Promise.resolve(port),
): Promise<WatchedRedis> {
  const directory = await temporaryDirectory();
  const running = new Set<RedisServer>();
  const start = async (options: RedisServerOptions) => {
    const server = await startRedisServer(options);
    running.add(server);
    return server;
  };
  const stop = async () => {
    await Promise.all(Array.from(running, (server) => server.stop()));
    await directory.remove();
  };
  const asAdmin = (server: RedisServer, act: (redis: Redis) => Promise<void>) =>
    withConnection(server, access, act);
  const masterArgs = (port: number) => ['--repl-diskless-sync-delay', '0', ...access.args(port)];

  async function startAll() {
    const master = await start({ args: masterArgs });
    const masterPort = await link(master.port);
    const replica = await start({
      args: (port) => ['--replicaof', '127.0.0.1', String(masterPort), ...access.args(port)],
    });
    await asAdmin(replica, isInStep);
    const sentinels = await allOrNone(
      Array.from({ length: SENTINELS }, (_, index) => startSentinel(index, masterPort)),
      (sentinel) => sentinel.stop(),
    );
    await Promise.all(sentinels.map((sentinel) => asAdmin(sentinel, knowsAll)));
    return { master, replica, sentinels };
  }

  async function startSentinel(index: number, masterPort: number) {
    const configFile = join(directory.path, `sentinel-${index}.conf`);
    await writeFile(configFile, configurationFor(masterPort, access.sentinelLines));
    const args = (port: number) => ['--sentinel', ...access.sentinelArgs(port)];
    return start({ configFile, args, until: 'Sentinel ID is' });
  }

  try {
    const { master, replica, sentinels } = await startAll();
    return {
      url: access.url('mymaster'),
      sentinels: sentinels.map(({ port }) => access.sentinelUrl(port)).join(','),
      async failMaster() {
        master.process.kill('SIGKILL');
        await master.stop();
        await asAdmin(replica, becomesMaster);
        // Until every sentinel names the new master, the old one would be used as master after its restart.
        await Promise.all(
          sentinels.map((sentinel) => asAdmin(sentinel, namesMaster(replica.port))),
        );
        await start({ port: master.port, args: masterArgs });
      },
      dropClients: () =>
        asAdmin(master, async (redis) => {
          await redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function isInStep(replica: Redis): Promise<void> {
  return eventually(async () => {
    const state = await replica.info('replication');
    if (!state.includes('master_link_status:up')) throw new Error('The replica is behind.');
  });
}

function configurationFor(masterPort: number, besides: readonly string[]): string {
  return [
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 2`,
    'sentinel down-after-milliseconds mymaster 1500',
    'sentinel failover-timeout mymaster 5000',
    ...besides,
    '',
  ].join('\n');
}

function knowsAll(sentinel: Redis): Promise<void> {
  return eventually(async () => {
    const state = String(await sentinel.call('INFO', 'sentinel'));
    if (!state.includes(`slaves=1,sentinels=${SENTINELS}`))
      throw new Error('The sentinel does not know the replica and the other sentinels yet.');
  });
}

function becomesMaster(replica: Redis): Promise<void> {
  return eventually(async () => {
    const [role] = await replica.role();
    if (role !== 'master') throw new Error('The server is still a replica.');
  });
}

function namesMaster(port: number) {
  return (sentinel: Redis): Promise<void> =>
    eventually(async () => {
      const named = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
      if ((named as string[])[1] !== String(port))
        throw new Error('The sentinel still names another master.');
    });
}

async function withConnection(
  { port }: RedisServer,
  { admin }: RedisAccess,
  act: (redis: Redis) => Promise<void>,
): Promise<void> {
  const redis = new Redis({ ...admin, port, enableReadyCheck: false });
  try {
    await act(redis);
  } finally {
    redis.disconnect();
  }
}
