import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import {
  createRedisConnector,
  type RedisClient,
  type RedisConnector,
} from '../connection/index.js';
import { createTrackedReads } from '../invalidations/index.js';
import { parseRedisUrls, REDIS_SETTINGS, type RedisStoreOptions } from '../settings.js';
import { redisKeys, type RedisKeys } from '../keys.js';
import { rulesFor, tryRights, type TriedRights } from '../rights.js';
import { checkEncryption, checkReachability, checkTopology } from './connection.js';
import {
  checkClock,
  checkMemory,
  checkPersistence,
  checkReplication,
  checkVersion,
} from './server.js';

/**
 * Checks whether a Redis, or each master of a cluster, meets the needs of the store. Writes only a few test keys, which
 * it removes.
 * @throws TypeError for an invalid URL
 */
export async function checkRedis(options: RedisStoreOptions): Promise<CheckResult[]> {
  const {
    keyPrefix = REDIS_SETTINGS.keyPrefix.fallback,
    commandTimeout = REDIS_SETTINGS.commandTimeout.fallback,
    nearCacheBound: bound = REDIS_SETTINGS.nearCacheBound.fallback,
    revocationReplicas = REDIS_SETTINGS.revocationReplicas.fallback,
  } = options;
  const connector = createRedisConnector(options, commandTimeout);
  const keys = redisKeys(keyPrefix);
  // Connects to a cluster that has lost slots, too: that is what the doctor must report.
  const client = connector.client('wallet-sessions-doctor', { requireAllSlots: false });
  try {
    const unreachable = await checkReachability(client, commandTimeout);
    if (unreachable !== undefined) return [unreachable];
    const findings = [ok('connection', 'Redis answers.'), checkEncryption(options, client)];
    findings.push(
      ...(await checkTopology(client).catch((error: unknown) => [notPermitted(error)])),
    );
    // A node that serves only some slots would refuse the commands of the other checks.
    if (findings.some(({ check, verdict }) => check === 'cluster' && verdict === 'problem')) {
      return findings;
    }
    const servers = client instanceof Cluster ? client.nodes('master') : [client];
    for (const server of servers) {
      const place = servers.length > 1 ? ` (${addressOf(server)})` : '';
      for (const finding of await checkServer(server, revocationReplicas)) {
        findings.push({ ...finding, check: finding.check + place });
      }
    }
    const rights = await tryRights(client, connector, keys, revocationReplicas);
    findings.push(checkPermissions(rights, userOf(options), keys));
    findings.push(...(await checkScanPermission(servers)));
    findings.push(await checkInvalidations(client, connector, keys, bound));
    return withoutRepetitions(findings);
  } finally {
    client.disconnect();
  }
}

function addressOf({ options: { host = '', port = 0 } }: Redis): string {
  return `${host}:${port}`;
}

async function checkServer(server: Redis, revocationReplicas: number): Promise<CheckResult[]> {
  const checks = [
    () => checkVersion(server),
    () => checkMemory(server),
    () => checkPersistence(server),
    () => checkReplication(server, revocationReplicas),
    () => checkClock(server),
  ];
  const findings: CheckResult[] = [];
  for (const check of checks) findings.push(await check().catch(notPermitted));
  return findings;
}

/** One forbidden command may prevent several checks. */
function withoutRepetitions(findings: readonly CheckResult[]): CheckResult[] {
  const meanings = new Set<string>();
  return findings.filter(({ check, meaning }) => {
    const isNew = !meanings.has(`${check} ${meaning}`);
    meanings.add(`${check} ${meaning}`);
    return isNew;
  });
}

function userOf({ url }: RedisStoreOptions): string {
  const [first] = parseRedisUrls(url) ?? [];
  return decodeURIComponent(first?.username ?? '') || 'default';
}

function notPermitted(error: unknown): CheckResult {
  return warning(
    'permission to inspect',
    `Redis refused to answer (${(error as Error).message}), so the checks that need it were skipped.`,
    'Allow the user INFO and TIME, and in a cluster CLUSTER INFO.',
  );
}

/** Milliseconds between two looks at the state of invalidations. */
const POLL_INTERVAL = 20;

/** Milliseconds that the first invalidation may take on a busy machine. */
const INVALIDATION_TIMEOUT = 5_000;

/** Whether invalidations arrive. Without them, no session is kept in memory. */
async function checkInvalidations(
  client: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  bound: number,
): Promise<CheckResult> {
  if (bound === 0) {
    return ok('near-cache', 'NEAR_CACHE_BOUND is 0: every validation reads from Redis.');
  }
  const tracked = createTrackedReads({
    commands: client,
    connector,
    keys,
    bound,
    notify: () => undefined,
    onError: () => undefined,
  });
  try {
    const giveUpAt = performance.now() + INVALIDATION_TIMEOUT;
    while (!tracked.upToDate() && performance.now() < giveUpAt) await pause(POLL_INTERVAL);
    if (tracked.upToDate()) {
      return ok('near-cache', 'CLIENT TRACKING works: sessions are kept in memory.');
    }
  } finally {
    tracked.stop();
  }
  return warning(
    'near-cache',
    'Redis does not report changes (CLIENT TRACKING): every validation reads from Redis.',
    'Allow the user CLIENT ID, TRACKING and CACHING, and SUBSCRIBE to __redis__:invalidate.',
  );
}

/** Reports what the ACL of the user forbids. */
function checkPermissions(
  { forbidden, errors }: TriedRights,
  user: string,
  keys: RedisKeys,
): CheckResult {
  if (forbidden.length > 0) {
    return problem(
      'permissions',
      `The Redis user may not run ${forbidden.join(', ')} on ${keys.all}: the operations that need them fail.`,
      `ACL SETUSER ${user} ${rulesFor(forbidden, keys)}`,
    );
  }
  if (errors.length > 0) {
    return problem('permissions', `Redis refuses: ${errors.join(' ')}`, 'Check the log of Redis.');
  }
  return ok('permissions', 'The Redis user may run every command that the store needs.');
}

/**
 * Whether the user may scan records: the command line does to encrypt them with a new key, and the service to rebuild
 * an overwritten index. Requests never scan.
 */
async function checkScanPermission(servers: readonly Redis[]): Promise<CheckResult[]> {
  try {
    for (const server of servers) await server.scan('0', 'COUNT', '1');
    return [];
  } catch (error) {
    const { message } = error as Error;
    const meaning = `The Redis user may not scan the records (${message}): \`keys rotate\` and the repair of an overwritten index fail.`;
    const remedy = 'Allow the user SCAN.';
    return [warning('permission to scan', meaning, remedy)];
  }
}
