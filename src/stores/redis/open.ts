import { clockOf } from '../../clock.js';
import { Cluster, type Redis } from 'ioredis';
import { readOptionsOf } from '../../options.js';
import { WalletSessionsError } from '../../errors.js';
import { noInvalidations } from '../../near-cache/near-cache.js';
import { createInvalidationListeners, withChangeNotifications } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import {
  contradictionsInAddress,
  REDIS_CLIENT_SETTINGS,
  REDIS_SETTINGS,
  type RedisStoreOnClientOptions,
  type RedisStoreOptions,
} from './settings.js';
import { createRedisAuditStore } from './audit-store.js';
import {
  batchWrites,
  createRead,
  createRedisConnector,
  keepStringMethodsFast,
  rethrowAsUnavailable,
  type RedisClient,
  type RedisConnector,
} from './connection/index.js';
import {
  createConfirmations,
  createRedisRevocationFeed,
  withConfirmations,
} from './events/index.js';
import { createTrackedReads } from './invalidations/index.js';
import { redisKeys, type RedisKeys } from './keys.js';
import { createRedisRateLimitStore, createRedisStatisticsStore } from './counts.js';
import { rulesFor, tryRights } from './rights.js';
import {
  createDeadlines,
  createServerClock,
  defineGatheredScript,
  type Deadlines,
} from './scripts/index.js';
import {
  createIndexRepair,
  createRedisExpiredSessions,
  createRedisRecordScanner,
  createRedisSessionStore,
  withIndexRepair,
} from './sessions/index.js';
import type { Challenge, ChallengeStore } from '../../sign-in/challenge.js';

/**
 * Opens a store on Redis. It uses one connection for commands, one for subscriptions and, with a near-cache, one for
 * invalidations. In a cluster it uses one of each per master, and another one for tracked reads.
 *
 * If Redis cannot be reached, the store opens anyway. Its methods fail with `SERVICE_UNAVAILABLE` until Redis
 * answers.
 *
 * Instead of an address, it takes a `client` of ioredis that the application has already configured, and opens its
 * connections with the options of that client. It leaves the client itself as it is: no commands, event handlers, scripts or
 * subscriptions are added to it, and `close` does not close it. A connection of its own is needed because the store relies on
 * short timeouts, on commands that are never repeated after a reconnection, and on `CLIENT TRACKING`.
 * @example
 * ```ts
 * const redis = new Redis({ host: 'redis.internal', tls: {}, password: process.env.REDIS_PASSWORD });
 * const store = await openRedisStore({ client: redis, keyPrefix: 'ws' });
 * ```
 * @throws TypeError for an invalid URL, for a client of another package, or an invalid or unknown option
 * @throws RangeError for a number that is too small or not an integer
 */
export async function openRedisStore(
  options: RedisStoreOptions | RedisStoreOnClientOptions,
): Promise<OpenStore> {
  keepStringMethodsFast();
  const values = readRedisOptions(options);
  const { keyPrefix, commandTimeout, nearCacheBound: bound, revocationReplicas: replicas } = values;
  const { onError = () => undefined, onReady = () => undefined, onClockSkew: onSkew } = values;
  const connector = createRedisConnector(values, commandTimeout);
  const keys = redisKeys(keyPrefix);
  const { listen, notify } = createInvalidationListeners();

  const commands = connector.client('wallet-sessions');
  batchWrites(commands);
  commands.on('error', onError);
  commands.on('ready', onReady);
  const deadlines = createDeadlines(commands, commandTimeout);
  const clock = createServerClock({ client: commands, key: keys.clock, onSkew });
  const tracked =
    bound > 0
      ? createTrackedReads({ commands, connector, keys, bound, notify, onError })
      : undefined;
  const confirming = replicas > 0 ? connector.client('wallet-sessions-confirmations') : undefined;
  confirming?.on('error', onError);
  const confirmations =
    confirming === undefined
      ? undefined
      : createConfirmations({
          client: confirming,
          keys,
          replicas,
          timeout: commandTimeout / 2,
          onError,
        });
  await Promise.all([commands, confirming].map((client) => connect(client, commandTimeout)));
  await clock.start();

  const revocations = createRedisRevocationFeed(commands, connector, keys, onError);
  const read = tracked?.read ?? createRead(commands);
  const repair = createIndexRepair(commands, keys, clockOf({ clock }), onError);
  const expired = createRedisExpiredSessions(commands, keys, repair, onError);
  const store = createRedisSessionStore(commands, keys, read, deadlines, expired);
  const sessions = withChangeNotifications(withIndexRepair(store, repair), notify);
  return {
    name: 'Redis',
    clock,
    sessions: confirmations === undefined ? sessions : withConfirmations(sessions, confirmations),
    expired,
    scanner: createRedisRecordScanner(commands, keys, deadlines),
    revocations,
    invalidations: tracked === undefined ? noInvalidations : { ...tracked, listen },
    challenges: createRedisChallengeStore(commands, keys, deadlines),
    rateLimits: createRedisRateLimitStore(commands, keys),
    audit: createRedisAuditStore(commands, keys),
    statistics: createRedisStatisticsStore(commands, keys, deadlines),
    async ping() {
      await rethrowAsUnavailable(commands.ping());
    },
    caveats: async () => [
      ...(await missingRights(connector, keys, values)),
      ...(await evictionCaveats(commands)),
    ],
    async close() {
      clock.stop();
      confirmations?.close();
      revocations.close();
      tracked?.stop();
      await expired.flush();
      await commands.quit().catch(() => undefined);
      commands.disconnect();
    },
  };
}

const NAMES = {
  url: 'url',
  cluster: 'cluster',
  sentinels: 'sentinels',
  certificateAuthority: 'certificateAuthority',
} as const;

function readRedisOptions(options: RedisStoreOptions | RedisStoreOnClientOptions) {
  // Options may not be type-checked.
  const given = options as Partial<RedisStoreOnClientOptions> | undefined;
  return given?.client !== undefined
    ? readOptionsOf('openRedisStore', REDIS_CLIENT_SETTINGS, options)
    : readOptionsOf(
        'openRedisStore',
        REDIS_SETTINGS,
        options,
        (values) => contradictionsInAddress(values, NAMES)[0],
      );
}

/** Resolves when the client is ready, after its first failure, or after the timeout. */
async function connect(client: RedisClient | undefined, timeout: number): Promise<void> {
  if (client === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([client.connect().catch(() => undefined), late]);
  clearTimeout(timer);
}

async function evictionCaveats(client: RedisClient): Promise<string[]> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = new Set(await Promise.all(servers.map(evictionPolicyOf)));
  policies.delete(undefined);
  return [...policies].map(
    (policy) => `Redis may evict sessions (maxmemory-policy ${policy}). Set it to noeviction.`,
  );
}

/**
 * Names what the ACL of the user forbids and the store needs, over a connection of its own, so that the trial does not
 * mix with commands of the store.
 */
async function missingRights(
  connector: RedisConnector,
  keys: RedisKeys,
  options: { readonly commandTimeout: number; readonly revocationReplicas: number },
): Promise<string[]> {
  // The check for slots needs a right that is tried here.
  const client = connector.client('wallet-sessions-rights', { requireAllSlots: false });
  let failure = new Error('no answer in time');
  client.on('error', (error: Error & { readonly lastNodeError?: Error }) => {
    failure = error.lastNodeError ?? error;
  });
  try {
    await connect(client, options.commandTimeout);
    if (client.status !== 'ready') throw failure;
    const { forbidden } = await tryRights(client, connector, keys, options.revocationReplicas);
    const isScanForbidden = await client.call('SCAN', '0', 'COUNT', '1').then(
      () => false,
      (error: unknown) => (error as Error).message.startsWith('NOPERM'),
    );
    const commands = isScanForbidden ? [...forbidden, 'SCAN'] : forbidden;
    if (commands.length === 0) return [];
    return [
      `The Redis user may not run ${commands.join(', ')}: operations that need them fail. Allow them with ACL SETUSER ` +
        `and ${rulesFor(commands, keys)} (docs/security.md, Access to Redis).`,
    ];
  } catch (cause) {
    const { message } = cause as Error;
    if (!message.startsWith('NOPERM')) {
      throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
    }
    return [
      `Redis forbids a command that the service needs, so every session is refused: ${message}. docs/security.md (Access to Redis) lists ` +
        'all rights that are needed.',
    ];
  } finally {
    client.disconnect();
  }
}

/** Returns the eviction policy if a full Redis may evict keys, which would lose sessions and revocations. */
async function evictionPolicyOf(server: Redis): Promise<string | undefined> {
  const memory = await rethrowAsUnavailable(
    server.info('memory').catch((error: unknown) => {
      // `missingRights` names it.
      if ((error as Error).message.startsWith('NOPERM')) return '';
      throw error;
    }),
  );
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(memory)?.[1];
  return policy === undefined || policy === 'noeviction' || limit === '0' ? undefined : policy;
}

/**
 * Challenges in Redis: their TTL expires them, and `GETDEL` takes each one once. Taking has a deadline, since a
 * client that was told of a failure signs in again with the same signature.
 */
function createRedisChallengeStore(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): ChallengeStore {
  const take = defineGatheredScript<Buffer | null>(redis, 'take', deadlines);
  return {
    async put(nonceHash, challenge, now) {
      const ttl = challenge.expiresAt - now;
      await rethrowAsUnavailable(
        redis.set(keys.challenge(nonceHash), JSON.stringify(challenge), 'PX', ttl),
      );
    },
    async find(nonceHash) {
      return parse(await rethrowAsUnavailable(redis.get(keys.challenge(nonceHash))));
    },
    async take(nonceHash) {
      return parse(await take([keys.challenge(nonceHash)]));
    },
  };
}

function parse(stored: string | Buffer | null): Challenge | undefined {
  return stored === null ? undefined : (JSON.parse(String(stored)) as Challenge);
}
