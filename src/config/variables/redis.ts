import * as v from 'valibot';
import { parseRedisUrls, REDIS_URLS } from '../../stores/redis-url.js';
import { duration, integer, list, text, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

const redisUrls = v.pipe(
  v.string(),
  v.check((urls) => parseRedisUrls(urls) !== undefined, REDIS_URLS),
  v.transform((urls) => list(urls).join(',')),
);

/** The Redis that keeps the sessions. */
export const REDIS_VARIABLES = {
  REDIS_URL: optional(
    redisUrls,
    'The Redis to keep sessions in: redis:// or, over TLS, rediss://user:password@host:port/database. ' +
      'Without it, the embedded store is used.',
  ),
  REDIS_CLUSTER: variable(
    boolean,
    'Whether REDIS_URL is one of a Redis Cluster; then it may name several nodes, separated by commas.',
    'false',
  ),
  REDIS_SENTINELS: optional(
    redisUrls,
    'The sentinels to ask which server is the master, as URLs separated by commas. The host in ' +
      'REDIS_URL is then the name of the master: redis://user:password@mymaster.',
  ),
  REDIS_TLS_CA_FILE: optional(
    text,
    'A file with the certificates (PEM) of who signs those of Redis. Default: the authorities of Node.js.',
  ),
  REDIS_KEY_PREFIX: variable(
    v.pipe(
      v.string(),
      v.regex(/^[\w:.-]{1,32}$/, 'must be 1 to 32 letters, digits, "_", ":", "." or "-"'),
    ),
    'What the names of all keys in Redis begin with.',
    'ws',
  ),
  REDIS_COMMAND_TIMEOUT: variable(
    duration(10),
    'How long to wait for Redis before answering SERVICE_UNAVAILABLE.',
    '2s',
  ),
  REDIS_REVOCATION_REPLICAS: variable(
    integer(0, 10),
    'How many replicas must have a revocation before it is answered, so that it outlives a failover; ' +
      'else the answer is SERVICE_UNAVAILABLE. Set it to the number of replicas that each master has.',
    '0',
  ),
} as const;
