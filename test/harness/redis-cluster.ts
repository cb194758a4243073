import { Redis } from 'ioredis';
import { allOrNone } from './all-or-none.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { OPEN_ACCESS, type RedisAccess } from './redis-access.js';
import { startRedisServer, type RedisServer } from './redis-server.js';
import { temporaryDirectory } from './stores.js';

export interface RedisCluster {
  /** All nodes, in the format of `REDIS_URL`. */
  readonly url: string;
  /** The running nodes that are masters now. */
  masters(): Promise<ClusterNode[]>;
  stop(): Promise<void>;
}

export interface ClusterNode {
  /** A connection to this node only. */
  readonly admin: Redis;
  isMaster(): Promise<boolean>;
  kill(): Promise<void>;
  /** Restarts the node with its cluster configuration and without data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

/**
 * A new Redis Cluster on the loopback interface: three masters with a replica each.
 * @param nodeTimeout milliseconds of silence after which the other nodes consider a node dead
 */
export async function startRedisCluster(
  nodeTimeout = 5000,
  access = OPEN_ACCESS,
): Promise<RedisCluster> {
  const nodes = await allOrNone(
    Array.from({ length: 2 * MASTERS }, () => aNode(nodeTimeout, access)),
    (node) => node.stop(),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    await join(nodes);
    await eventually(async () => {
      await Promise.all(nodes.map(({ admin }) => assertWhole(admin)));
      await assertReplicated(nodes);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: nodes.map(({ server }) => access.url('127.0.0.1', server.port)).join(','),
    async masters() {
      const areMasters = await Promise.all(nodes.map((node) => node.isMaster()));
      return nodes.filter((_node, position) => areMasters[position]);
    },
    stop,
  };
}

interface JoiningNode extends ClusterNode {
  readonly server: RedisServer;
  readonly busPort: number;
}

async function aNode(nodeTimeout: number, access: RedisAccess): Promise<JoiningNode> {
  const directory = await temporaryDirectory();
  const busPort = await freePort();
  const args = (port: number) => [
    ...['--dir', directory.path],
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(nodeTimeout)],
    // Lets the only replica of a master take over, however long it was disconnected.
    ...['--cluster-replica-validity-factor', '0'],
    ...['--repl-diskless-sync-delay', '0', ...access.args(port)],
    ...(access === OPEN_ACCESS ? [] : ['--tls-cluster', 'yes']),
  ];
  const first = await startRedisServer({ args });
  const { port } = first;
  let server = first;
  const admin = new Redis({
    ...access.admin,
    port,
    retryStrategy: () => 100,
    maxRetriesPerRequest: 0,
  });
  admin.on('error', () => undefined);
  return {
    server: first,
    busPort,
    admin,
    async isMaster() {
      const role = await admin.role().catch(() => []);
      return (role as unknown[])[0] === 'master';
    },
    async kill() {
      server.process.kill('SIGKILL');
      await server.stop();
    },
    async restart() {
      server = await startRedisServer({ args, port });
    },
    async stop() {
      admin.disconnect();
      await server.stop();
      await directory.remove();
    },
  };
}

async function join(nodes: readonly JoiningNode[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  const masters = nodes.slice(0, MASTERS);
  const ids = await Promise.all(nodes.map(({ admin }) => admin.call('CLUSTER', 'MYID')));
  await Promise.all(
    nodes.map(({ admin }, position) => admin.call('CLUSTER', 'SET-CONFIG-EPOCH', position + 1)),
  );
  await Promise.all(
    masters.map(({ admin }, position) => {
      const [from, to] = [position, position + 1].map((part) =>
        Math.floor((part * SLOTS) / MASTERS),
      );
      return admin.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? SLOTS) - 1);
    }),
  );
  for (const { server, busPort } of nodes.slice(1)) {
    await first.admin.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
  }
  await Promise.all(
    nodes.slice(MASTERS).map(({ admin }, position) =>
      // Fails until the node knows its master.
      eventually(() => admin.call('CLUSTER', 'REPLICATE', String(ids[position]))),
    ),
  );
}

async function assertWhole(admin: Redis): Promise<void> {
  const state = String(await admin.call('CLUSTER', 'INFO'));
  const replication = await admin.info('replication');
  const isWhole =
    state.includes('cluster_state:ok') &&
    state.includes(`cluster_known_nodes:${2 * MASTERS}`) &&
    (replication.includes('role:master') || replication.includes('master_link_status:up'));
  if (!isWhole) throw new Error('The cluster is not whole yet.');
}

async function assertReplicated(nodes: readonly ClusterNode[]): Promise<void> {
  const states = await Promise.all(nodes.map(({ admin }) => admin.info('replication')));
  const replicas = states.filter((state) => state.includes('master_link_status:up'));
  if (replicas.length < nodes.length - MASTERS)
    throw new Error('Not every master is replicated yet.');
}
