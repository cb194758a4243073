import { clockOf } from '../../clock.js';
import { readOptionsOf } from '../../options.js';
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
import { caveatsOf } from './caveats.js';
import { createRedisChallengeStore } from './challenge-store.js';
import {
  batchWrites,
  connect,
  createRead,
  createRedisConnector,
  keepStringMethodsFast,
  rethrowAsUnavailable,
} from './connection/index.js';
import {
  createConfirmations,
  createRedisRevocationFeed,
  withConfirmations,
} from './events/index.js';
import { createTrackedReads } from './invalidations/index.js';
import { redisKeys } from './keys.js';
import { createRedisRateLimitStore, createRedisStatisticsStore } from './counts.js';
import { createDeadlines, createServerClock } from './scripts/index.js';
import {
  createIndexRepair,
  createRedisExpiredSessions,
  createRedisRecordScanner,
  createRedisSessionStore,
  withIndexRepair,
} from './sessions/index.js';

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
    caveats: () => caveatsOf(commands, connector, keys, values),
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
