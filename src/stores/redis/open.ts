import { Redis, type RedisOptions } from 'ioredis';
import { noInvalidations } from '../../session/invalidation.js';
import { createListeners, tellingChanges } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import { answered } from './answered.js';
import { createRedisChallengeStore } from './challenge-store.js';
import { trackInvalidations } from './invalidations.js';
import { redisKeys } from './keys.js';
import { createRedisRateLimitStore } from './rate-limit-store.js';
import { createRedisRevocationFeed } from './revocation-feed.js';
import { createRedisSessionStore } from './session-store.js';

export interface RedisStoreOptions {
  /** `redis://` or `rediss://` URL, with user and password where needed. */
  readonly url: string;
  /** What the names of all keys begin with. Default `ws`. */
  readonly keyPrefix?: string | undefined;
  /** Milliseconds after which a command that has no answer fails. Default 2000. */
  readonly commandTimeout?: number | undefined;
  /**
   * Milliseconds for which a change made elsewhere can stay unheard of a session that is kept in memory,
   * if Redis's word of it does not come through. 0 keeps none. Default 0.
   */
  readonly nearCacheBound?: number | undefined;
  /** Told of each connection error; the connections mend themselves. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/**
 * Connects to Redis: one connection for commands, one for subscriptions and, with a near-cache, one for
 * invalidations.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` where the first connection fails
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<OpenStore> {
  const { url, keyPrefix = 'ws', commandTimeout = 2000, nearCacheBound: bound = 0 } = options;
  const { onError = () => undefined } = options;
  const settings = {
    commandTimeout,
    connectTimeout: commandTimeout,
    lazyConnect: true,
    // A command that cannot be sent now fails now. One that waited for the connection to come back
    // would run long after its caller was told that nothing was decided.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
  } satisfies RedisOptions;
  const commands = new Redis(url, { ...settings, connectionName: 'wallet-sessions' });
  const subscriber = new Redis(url, { ...settings, connectionName: 'wallet-sessions-feed' });
  const channel = new Redis(url, {
    ...settings,
    connectionName: 'wallet-sessions-invalidations',
    // Of RESP3, ioredis drops the messages of invalidation.
    protocol: 2,
  });
  const connections = [commands, subscriber, ...(bound > 0 ? [channel] : [])];
  for (const connection of connections) connection.on('error', onError);
  const disconnect = () => {
    for (const connection of connections) connection.disconnect();
  };

  const keys = redisKeys(keyPrefix);
  const revocations = createRedisRevocationFeed(commands, subscriber, keys);
  const { listen, tell } = createListeners();
  const tracking =
    bound > 0 ? trackInvalidations({ reads: commands, channel, keys, bound, tell }) : undefined;
  const readMany = tracking?.read ?? ((names) => commands.mgetBuffer([...names]));
  try {
    await answered(Promise.all(connections.map((connection) => connection.connect())));
  } catch (error) {
    disconnect();
    throw error;
  }
  return {
    name: 'Redis',
    caveats: await caveatsOf(commands),
    sessions: tellingChanges(createRedisSessionStore(commands, keys, readMany), tell),
    revocations,
    invalidations: tracking === undefined ? noInvalidations : { ...tracking, listen },
    challenges: createRedisChallengeStore(commands, keys),
    rateLimits: createRedisRateLimitStore(commands, keys),
    async close() {
      tracking?.stop();
      await Promise.allSettled(connections.map((connection) => connection.quit()));
      disconnect();
    },
  };
}

/** A Redis that evicts keys under memory pressure would end sessions, or forget to, by itself. */
async function caveatsOf(redis: Redis): Promise<string[]> {
  const memory = await answered(redis.info('memory'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(memory)?.[1];
  if (policy === undefined || policy === 'noeviction' || limit === '0') return [];
  return [`Redis may evict sessions (maxmemory-policy ${policy}): set it to noeviction.`];
}
