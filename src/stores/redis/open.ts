import { Cluster, type Redis } from 'ioredis';
import * as v from 'valibot';
import {
  callable,
  strictObject,
  milliseconds,
  readOptionsOf,
  text,
  boolean,
  integer,
} from '../../options.js';
import { noInvalidations } from '../../near-cache/invalidations.js';
import { createListeners, tellingChanges } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import { rethrowAsUnavailable } from './connection/outages.js';
import { createRedisAuditStore } from './audit-store.js';
import { createRedisChallengeStore } from './challenge-store.js';
import { confirmingRevocations, createConfirmations } from './events/confirmations.js';
import type { RedisClient } from './connection/client.js';
import { createRedisConnector, type RedisAddress } from './connection/connector.js';
import { createDeadlines } from './scripts/deadlines.js';
import { createRedisExpiredSessions } from './sessions/expired-sessions.js';
import { createIndexRepair, repairingIndexes } from './sessions/index-repair.js';
import { joinWrites } from './connection/batched-writes.js';
import { redisKeys } from './keys.js';
import { createRedisRateLimitStore } from './rate-limit-store.js';
import { plainReads, trackReads } from './invalidations/index.js';
import { createRedisRevocationFeed } from './events/revocation-feed.js';
import { createRedisRecordScanner } from './sessions/record-scanner.js';
import { createRedisSessionStore } from './sessions/session-store.js';
import { createRedisStatisticsStore } from './statistics-store.js';
import { keepStringMethodsFast } from './connection/string-methods.js';
import { createSubscriptions } from './events/subscriptions.js';

/** Where Redis is, and how it is used. */
export interface RedisStoreOptions extends RedisAddress {
  /** What the names of all keys begin with. Default `ws`. */
  readonly keyPrefix?: string | undefined;
  /** Milliseconds after which a command that has no answer fails. Default 2000. */
  readonly commandTimeout?: number | undefined;
  /**
   * Milliseconds for which a change made elsewhere can stay unheard of a session that is kept in memory,
   * if Redis's word of it does not come through. 0 keeps none. Default 1000.
   */
  readonly nearCacheBound?: number | undefined;
  /**
   * How many replicas of a master must have a revocation before it is answered. Default 0: none. See
   * `docs/reliability.md` for what this promises.
   */
  readonly revocationReplicas?: number | undefined;
  /** Told of each connection error; the connections mend themselves. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Told each time that commands can be sent (again). */
  readonly onReady?: (() => void) | undefined;
}

const OPTIONS = strictObject({
  // What it is of Redis, the connector knows.
  url: v.any(),
  cluster: v.optional(boolean),
  sentinels: v.optional(text),
  certificateAuthority: v.optional(text),
  keyPrefix: v.optional(text, 'ws'),
  commandTimeout: v.optional(milliseconds(1), 2000),
  nearCacheBound: v.optional(milliseconds(0), 1000),
  revocationReplicas: v.optional(integer(0), 0),
  onError: v.optional(callable<NonNullable<RedisStoreOptions['onError']>>()),
  onReady: v.optional(callable<NonNullable<RedisStoreOptions['onReady']>>()),
} satisfies Record<keyof RedisStoreOptions, v.GenericSchema>);

/**
 * Opens a store on Redis: one connection for commands, one for subscriptions and, with a near-cache, one
 * for invalidations; in a cluster, one each per master, and there one more to read what is kept in memory.
 * Where Redis cannot be reached, the store is open all the same: its methods fail with
 * `SERVICE_UNAVAILABLE` until it can.
 * @throws TypeError for a URL that is none, an option that is not what it must be, or that there is not
 * @throws RangeError for a figure that is too small, or not whole
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<OpenStore> {
  keepStringMethodsFast();
  const read = readOptionsOf('openRedisStore', OPTIONS, options);
  const { keyPrefix, commandTimeout, nearCacheBound: bound, revocationReplicas: replicas } = read;
  const { onError = () => undefined, onReady = () => undefined } = read;
  const connector = createRedisConnector(options, commandTimeout);
  const keys = redisKeys(keyPrefix);
  const { listen, tell } = createListeners();

  const commands = connector.client('wallet-sessions');
  joinWrites(commands);
  commands.on('error', onError);
  commands.on('ready', onReady);
  const deadlines = createDeadlines(commands, commandTimeout);
  const tracked =
    bound > 0 ? trackReads({ commands, connector, keys, bound, tell, onError }) : undefined;
  const strict = replicas > 0 ? connector.client('wallet-sessions-confirmations') : undefined;
  strict?.on('error', onError);
  const confirmations =
    strict === undefined
      ? undefined
      : createConfirmations({
          client: strict,
          keys,
          replicas,
          timeout: commandTimeout / 2,
          onError,
        });
  await Promise.all([commands, strict].map((client) => connect(client, commandTimeout)));

  const revocations = createRedisRevocationFeed(
    commands,
    (listener) => createSubscriptions(commands, connector, { ...listener, error: onError }),
    keys,
  );
  const readRecord = tracked?.read ?? plainReads(commands);
  const repair = createIndexRepair(commands, keys, onError);
  const expired = createRedisExpiredSessions(commands, keys, repair, onError);
  const steps = createRedisSessionStore(commands, keys, readRecord, deadlines, expired);
  const sessions = tellingChanges(repairingIndexes(steps, repair), tell);
  return {
    name: 'Redis',
    sessions:
      confirmations === undefined ? sessions : confirmingRevocations(sessions, confirmations),
    expired,
    walk: createRedisRecordScanner(commands, keys, deadlines),
    revocations,
    invalidations: tracked === undefined ? noInvalidations : { ...tracked, listen },
    challenges: createRedisChallengeStore(commands, keys, deadlines),
    rateLimits: createRedisRateLimitStore(commands, keys),
    audit: createRedisAuditStore(commands, keys),
    statistics: createRedisStatisticsStore(commands, keys, deadlines),
    async ping() {
      await rethrowAsUnavailable(commands.ping());
    },
    caveats: () => caveatsOf(commands),
    async close() {
      confirmations?.close();
      revocations.close();
      tracked?.stop();
      await expired.settled();
      await commands.quit().catch(() => undefined);
      commands.disconnect();
    },
  };
}

/** Resolves when the client is ready, or has failed for the first time, or the time is over. */
async function connect(client: RedisClient | undefined, timeout: number): Promise<void> {
  if (client === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([client.connect().catch(() => undefined), late]);
  clearTimeout(timer);
}

async function caveatsOf(client: RedisClient): Promise<string[]> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = new Set(await Promise.all(servers.map(evictionPolicyOf)));
  policies.delete(undefined);
  return [...policies].map(
    (policy) => `Redis may evict sessions (maxmemory-policy ${policy}): set it to noeviction.`,
  );
}

/** A Redis that evicts keys under memory pressure would end sessions, or forget to, by itself. */
async function evictionPolicyOf(server: Redis): Promise<string | undefined> {
  const memory = await rethrowAsUnavailable(server.info('memory'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(memory)?.[1];
  return policy === 'noeviction' || limit === '0' ? undefined : policy;
}
