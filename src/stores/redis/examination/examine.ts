import { Cluster } from 'ioredis';
import { ok, problem, warning, type Finding } from '../../../finding.js';
import { createRedisConnector, type RedisClient } from '../connect.js';
import { redisKeys } from '../keys.js';
import type { RedisStoreOptions } from '../open.js';
import { examineTopology } from './cluster.js';
import { examineInvalidations } from './invalidations.js';
import { examineRights } from './rights.js';
import {
  examineClock,
  examineMemory,
  examinePersistence,
  examineReplication,
  examineVersion,
} from './server.js';

/** Milliseconds that the word of a change may take, on a busy machine. */
const PATIENCE = 5_000;

/**
 * Looks at a Redis (of a cluster, at each master) with the eyes of the store: what it lacks, and what that
 * means. Changes nothing but a few keys of its own, which it removes.
 * @throws TypeError for a URL that is none
 */
export async function examineRedis(options: RedisStoreOptions): Promise<Finding[]> {
  const { keyPrefix = 'ws', commandTimeout = 2000, nearCacheBound: bound = 1000 } = options;
  const { revocationReplicas = 0 } = options;
  const connector = createRedisConnector(options, commandTimeout);
  const keys = redisKeys(keyPrefix);
  const client = connector.client('wallet-sessions-doctor');
  let lastError: Error | undefined;
  client.on('error', (error: Error) => (lastError = error));
  try {
    const refusal = await reach(client, commandTimeout);
    if (refusal !== undefined) return [unreachable(lastError ?? refusal)];
    const findings = [ok('connection', 'Redis answers.'), examineEncryption(options)];
    findings.push(...(await examineTopology(client).catch((error: unknown) => [notTold(error)])));
    // A node that serves some slots only would refuse the commands on the others.
    if (findings.some(({ check, verdict }) => check === 'cluster' && verdict === 'problem')) {
      return findings;
    }
    const servers = client instanceof Cluster ? client.nodes('master') : [client];
    for (const server of servers) {
      const examinations = [
        () => examineVersion(server),
        () => examineMemory(server),
        () => examinePersistence(server),
        () => examineReplication(server, revocationReplicas),
        () => examineClock(server),
      ];
      const place =
        servers.length > 1 ? ` (${server.options.host ?? ''}:${server.options.port ?? ''})` : '';
      for (const examine of examinations) {
        const finding = await examine().catch(notTold);
        findings.push({ ...finding, check: finding.check + place });
      }
    }
    findings.push(await examineRights(client, keys, revocationReplicas));
    findings.push(
      await examineInvalidations(client, connector, keys, { bound, timeout: PATIENCE }),
    );
    return findings;
  } finally {
    client.disconnect();
  }
}

/** Resolves to what went wrong, if it did. */
async function reach(client: RedisClient, timeout: number): Promise<unknown> {
  try {
    await Promise.race([client.connect(), late(timeout)]);
    await client.ping();
    return undefined;
  } catch (error) {
    return error;
  }
}

function late(timeout: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error('no answer in time'));
    }, timeout).unref();
  });
}

function unreachable(error: unknown): Finding {
  const { message = '', code = '' } = error as Partial<NodeJS.ErrnoException>;
  return problem(
    'connection',
    `Redis cannot be reached (${message || code}): nobody is let in.`,
    'Check REDIS_URL (host, port, user, password), and that Redis runs and may be reached from here.',
  );
}

function notTold(error: unknown): Finding {
  return warning(
    'rights to look',
    `Redis does not tell (${(error as Error).message}): this was not examined.`,
    'Allow the user INFO and TIME.',
  );
}

/** Over a network, in clear, anybody on the way reads the password of Redis and who signs in. */
function examineEncryption({ url }: RedisStoreOptions): Finding {
  const open = url
    .split(',')
    .map((text) => new URL(text.trim()))
    .filter(isOpen);
  if (open.length === 0)
    return ok('encryption', 'The way to Redis is TLS, or within this machine.');
  return warning(
    'encryption',
    `The way to ${open.map(({ host }) => host).join(', ')} is not encrypted: whoever is on it reads the ` +
      'password of Redis and can change what it answers.',
    'Have Redis speak TLS and use rediss:// in REDIS_URL, or see to it that nobody else is on that network.',
  );
}

function isOpen({ protocol, hostname }: URL): boolean {
  const isHere = /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+|)$/.test(hostname);
  return protocol === 'redis:' && !isHere;
}
