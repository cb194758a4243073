import { Cluster } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import type { RedisClient } from '../connection/client.js';
import { createRedisConnector } from '../connection/connector.js';
import { redisKeys } from '../keys.js';
import type { RedisStoreOptions } from '../open.js';
import { examineTopology } from './connection.js';
import { examineEncryption } from './encryption.js';
import { examineInvalidations } from './invalidations.js';
import { examineRights, examineRightToScan } from './permissions.js';
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
export async function examineRedis(options: RedisStoreOptions): Promise<CheckResult[]> {
  const { keyPrefix = 'ws', commandTimeout = 2000, nearCacheBound: bound = 1000 } = options;
  const { revocationReplicas = 0 } = options;
  const connector = createRedisConnector(options, commandTimeout);
  const keys = redisKeys(keyPrefix);
  // A cluster that has lost slots is what one asks the doctor about.
  const client = connector.client('wallet-sessions-doctor', { onlyIfWhole: false });
  let lastError: Error | undefined;
  client.on('error', (error: Error) => (lastError = error));
  try {
    const refusal = await reach(client, commandTimeout);
    if (refusal !== undefined) return [unreachable(lastError ?? refusal)];
    const findings = [ok('connection', 'Redis answers.'), examineEncryption(options, client)];
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
    findings.push(...(await examineRightToScan(servers)));
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

function unreachable(error: unknown): CheckResult {
  // Of a cluster, what its nodes said is what helps.
  const { lastNodeError } = error as Partial<Record<'lastNodeError', unknown>>;
  const { message = '', code = '' } = (lastNodeError ?? error) as Partial<NodeJS.ErrnoException>;
  return problem(
    'connection',
    `Redis cannot be reached (${message || code}): nobody is let in.`,
    message.startsWith('NOPERM')
      ? 'Allow the user what Redis names there: all that is needed is in docs/security.md (Access to Redis).'
      : 'Check REDIS_URL (host, port, user, password), and that Redis runs and may be reached from here.',
  );
}

function notTold(error: unknown): CheckResult {
  return warning(
    'rights to look',
    `Redis does not tell (${(error as Error).message}): this was not examined.`,
    'Allow the user INFO and TIME, and in a cluster CLUSTER INFO.',
  );
}
