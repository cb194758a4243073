import type { Socket } from 'node:net';
import { Cluster } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import { isLoopback } from '../../../loopback.js';
import type { RedisAddress } from '../settings.js';
import type { RedisClient } from '../connection/index.js';
import { readInfo } from './server.js';

/** Connects, and resolves to the reason if Redis cannot be reached. */
export async function checkReachability(
  client: RedisClient,
  timeout: number,
): Promise<CheckResult | undefined> {
  let lastError: unknown;
  client.on('error', (error: Error) => (lastError = error));
  try {
    await Promise.race([client.connect(), rejectAfter(timeout)]);
    await client.ping();
    return undefined;
  } catch (error) {
    // Redis answers. The check of permissions names what it forbids.
    if (isForbidden(error) && client.status === 'ready') return undefined;
    return unreachable(lastError ?? error);
  }
}

function isForbidden(error: unknown): boolean {
  return (error as Error).message.startsWith('NOPERM');
}

function rejectAfter(timeout: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error('no answer in time'));
    }, timeout).unref();
  });
}

function unreachable(error: unknown): CheckResult {
  // The client of a cluster wraps the error of its nodes, which says more.
  const { lastNodeError } = error as Partial<Record<'lastNodeError', unknown>>;
  const { message = '', code = '' } = (lastNodeError ?? error) as Partial<NodeJS.ErrnoException>;
  if (message.startsWith('NOPERM')) {
    return problem(
      'connection',
      `Redis forbids a command that the service needs (${message}): no session can be validated.`,
      'Allow the user what the message names. docs/security.md (Access to Redis) lists all rights that are needed.',
    );
  }
  return problem(
    'connection',
    `Redis cannot be reached (${message || code}): no session can be validated.`,
    'Check REDIS_URL (host, port, user, password), and that Redis runs and is reachable from this machine.',
  );
}

/** Over an unencrypted network, everyone on the path can read the password of Redis and see who signs in. */
export function checkEncryption(address: RedisAddress, client: RedisClient): CheckResult {
  const unencrypted = hostsOf(address, client).filter(isUnencrypted);
  if (unencrypted.length === 0) {
    return ok('encryption', 'The connection to Redis uses TLS or stays on this machine.');
  }
  const hosts = [...new Set(unencrypted.map(({ host }) => host))];
  return warning(
    'encryption',
    `The connection to ${hosts.join(', ')} is not encrypted: anyone on the network path can read the ` +
      'password of Redis and change its replies.',
    'Enable TLS in Redis and use rediss:// in the URLs, or isolate the network.',
  );
}

/**
 * The hosts that the connections lead to. With sentinels, the URL names a master, and the sentinels provide its
 * address.
 */
function hostsOf({ url, sentinels }: RedisAddress, client: RedisClient): URL[] {
  const named = urlsIn(url);
  const at = (host = '') =>
    new URL(`${named[0]?.protocol}//${host.includes(':') ? `[${host}]` : host}`);
  if (client instanceof Cluster) return client.nodes().map(({ options }) => at(options.host));
  if (sentinels === undefined) return named;
  const { remoteAddress } = client.stream as Partial<Socket>;
  return [...urlsIn(sentinels), at(remoteAddress?.replace(/^::ffff:/, ''))];
}

const urlsIn = (text: string) => text.split(',').map((url) => new URL(url.trim()));

function isUnencrypted({ protocol, hostname }: URL): boolean {
  return protocol === 'redis:' && hostname !== '' && !isLoopback(hostname);
}

const SLOTS = 16_384;

/** Whether Redis is a cluster exactly if the configuration says so, and whether the cluster serves all slots. */
export async function checkTopology(client: RedisClient): Promise<CheckResult[]> {
  if (!(client instanceof Cluster)) {
    const isCluster = (await readInfo(client, 'cluster')).get('cluster_enabled') === '1';
    const remedy = 'Set REDIS_CLUSTER=true.';
    const meaning = 'This Redis is a node of a cluster and serves only its own slots.';
    return isCluster ? [problem('cluster', meaning, remedy)] : [];
  }
  // The nodes may disagree about who serves which slot.
  const views = await Promise.all(
    client
      .nodes('master')
      .map(async (node) => parseClusterInfo(String(await node.call('CLUSTER', 'INFO')))),
  );
  const worst = views.reduce((one, other) => (other.served < one.served ? other : one));
  if (views.every(({ state }) => state === 'ok') && worst.served === SLOTS) {
    return [ok('cluster', `The cluster serves all ${SLOTS} slots.`)];
  }
  return [
    problem(
      'cluster',
      `The cluster is ${worst.state} and serves ${worst.served} of ${SLOTS} slots: wallets in the ` +
        'other slots cannot sign in.',
      'Bring back the masters that are down, or assign their slots (redis-cli --cluster fix).',
    ),
  ];
}

/** Parses the reply to `CLUSTER INFO`. */
function parseClusterInfo(text: string): { readonly state: string; readonly served: number } {
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
  return {
    state: field('cluster_state') ?? 'unknown',
    served: Number(field('cluster_slots_ok') ?? 0),
  };
}
