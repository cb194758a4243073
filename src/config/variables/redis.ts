import * as v from 'valibot';
import { parseRedisUrls, REDIS_URLS } from '../../stores/redis-url.js';
import { duration, integer, list, text, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

const redisUrls = v.pipe(
  v.string(),
  v.check((urls) => parseRedisUrls(urls) !== undefined, REDIS_URLS),
  v.transform((urls) => list(urls).join(',')),
);

/** The Redis server or cluster that stores the sessions. */
export const REDIS_VARIABLES = {
  REDIS_URL: optional(
    redisUrls,
    'The Redis server that stores the sessions: redis:// or, over TLS, rediss://user:password@host:port/database. ' +
      'If it is not set, the embedded store is used.',
  ),
  REDIS_CLUSTER: variable(
    boolean,
    'Whether REDIS_URL is a node of a Redis Cluster; it may then list several nodes, separated by commas.',
    'false',
  ),
  REDIS_SENTINELS: optional(
    redisUrls,
    'The sentinels that know the current master, as URLs separated by commas. The host in ' +
      'REDIS_URL is then the name of the master: redis://user:password@mymaster.',
  ),
  REDIS_TLS_CA_FILE: optional(
    text,
    'A PEM file with the CA certificates that sign the certificates of Redis. Default: the CA certificates of Node.js.',
  ),
  REDIS_KEY_PREFIX: variable(
    v.pipe(
      v.string(),
      v.regex(/^[\w:.-]{1,32}$/, 'must be 1 to 32 letters, digits, "_", ":", "." or "-"'),
    ),
    'Prefix of all keys in Redis.',
    'ws',
  ),
  REDIS_COMMAND_TIMEOUT: variable(
    duration(10),
    'How long the service waits for Redis before it answers SERVICE_UNAVAILABLE.',
    '2s',
  ),
  REDIS_REVOCATION_REPLICAS: variable(
    integer(0, 10),
    'Number of replicas that must acknowledge a revocation before it is answered, so that it survives a failover; ' +
      'otherwise the answer is SERVICE_UNAVAILABLE. Set it to the number of replicas of each master.',
    '0',
  ),
} as const;
