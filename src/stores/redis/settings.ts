import * as v from 'valibot';
import {
  optional,
  required,
  withDefault,
  type OptionsOf,
  type SettingType,
} from '../../options.js';
import {
  boolean,
  callable,
  duration,
  instanceWith,
  integer,
  text,
  textWith,
} from '../../setting-types.js';

const redisUrls = redisUrlsInText();

function redisUrlsInText(): SettingType<string> {
  const message =
    'must be a redis:// or rediss:// URL, like redis://localhost:6379/0, or several, separated by commas, with % in a password written %25';
  const isOfRedis = (given: string) => parseRedisUrls(given) !== undefined;
  return { form: text.form, schema: v.pipe(v.string(message), v.check(isOfRedis, message)) };
}

/** Where Redis is. */
export const REDIS_ADDRESS_SETTINGS = {
  /**
   * The Redis server that stores the sessions: `redis://` or, over TLS, `rediss://user:password@host:port/database`. For a
   * cluster, one or more of its nodes, separated by commas. With `sentinels`, the host is the name of the master:
   * `redis://user:password@mymaster`.
   */
  url: required(redisUrls),
  /** Whether `url` is a node of a Redis Cluster. */
  cluster: withDefault(false, boolean),
  /** The sentinels that know the current master, as URLs separated by commas, with their own user and password if needed. */
  sentinels: optional(redisUrls),
  /** The certificate authority of `rediss://` servers, in PEM. By default, the CA certificates of Node.js. */
  certificateAuthority: optional(text),
};

/** The settings of a store, however it reaches Redis. */
export const REDIS_STORE_SETTINGS = {
  /** Prefix of all keys in Redis. */
  keyPrefix: withDefault(
    'ws',
    textWith(
      (given) => /^[\w:.-]{1,32}$/.test(given),
      'must be 1 to 32 letters, digits, "_", ":", "." or "-"',
    ),
  ),
  /** How long to wait for Redis before the response is SERVICE_UNAVAILABLE. Milliseconds. */
  commandTimeout: withDefault(2000, duration(10)),
  /**
   * How long an instance may still accept a session that has ended at another instance, if the invalidation from Redis is lost:
   * at least 100 ms, because with less the probes of the near-cache would cost more than it saves; 0 disables the near-cache.
   * Milliseconds. Invalidations usually arrive within milliseconds.
   */
  nearCacheBound: withDefault(1000, duration(100, { orZero: true })),
  /**
   * Number of replicas that must acknowledge a revocation before it is answered, so that it survives a failover; otherwise
   * the response is SERVICE_UNAVAILABLE. Set it to the number of replicas of each master. See `docs/reliability.md`.
   */
  revocationReplicas: withDefault(0, integer(0, 10)),
  /** Receives connection errors. Connections recover by themselves. */
  onError: optional(callable<(error: Error) => void>('(error: Error) => void')),
  /** Called whenever commands can be sent, at first and after an outage. */
  onReady: optional(callable<() => void>('() => void')),
  /**
   * Called when the clocks of this machine and of Redis begin to differ by more than 2 seconds, with the milliseconds by
   * which Redis is ahead. Sessions go by the clock of Redis, so the difference does no harm to them.
   */
  onClockSkew: optional(callable<(ahead: number) => void>('(ahead: number) => void')),
};

/** The settings of `openRedisStore` with the address of Redis. */
export const REDIS_SETTINGS = { ...REDIS_ADDRESS_SETTINGS, ...REDIS_STORE_SETTINGS };

/** Options of `openRedisStore` with the address of Redis. */
export type RedisStoreOptions = OptionsOf<typeof REDIS_SETTINGS>;

/** A `Redis` or `Cluster` of ioredis, 5 or later, as an application has it. */
export interface ApplicationClient {
  readonly options: object;
  readonly isCluster?: boolean | undefined;
  duplicate(...overrides: never[]): unknown;
}

/** The settings of `openRedisStore` with a client instead of an address. */
export const REDIS_CLIENT_SETTINGS = {
  /**
   * A `Redis` or `Cluster` of ioredis, instead of `url`, `cluster`, `sentinels` and `certificateAuthority`. The store opens
   * its own connections with the options of this client: address, credentials, TLS, sentinels, `Connector`, `natMap`. It sends
   * nothing over the client and does not change, listen to or close it. Options that would change commands or replies, such
   * as `keyPrefix`, `enableAutoPipelining` and `scaleReads`, do not apply to the store.
   */
  client: required(
    instanceWith<ApplicationClient>(
      'Redis or Cluster',
      ['options', 'duplicate'],
      'must be a Redis or Cluster of ioredis',
    ),
  ),
  ...REDIS_STORE_SETTINGS,
};

/** Options of `openRedisStore` with a client instead of an address. */
export type RedisStoreOnClientOptions = OptionsOf<typeof REDIS_CLIENT_SETTINGS>;

/** The address of Redis: a single server, a cluster, or servers that sentinels monitor. */
export type RedisAddress = OptionsOf<typeof REDIS_ADDRESS_SETTINGS>;

/** Lists what is wrong with an address whose parts are valid but do not go together, for the library and the service. */
export function contradictionsInAddress(
  { url, cluster = false, sentinels, certificateAuthority }: RedisAddress,
  names: Readonly<Record<keyof RedisAddress, string>>,
): Error[] {
  const messages: string[] = [];
  if (cluster && sentinels !== undefined) {
    messages.push(`${names.cluster} and ${names.sentinels} cannot both be set.`);
  }
  if (!cluster && (parseRedisUrls(url) ?? []).length > 1) {
    messages.push(
      `${names.url} names several servers: set ${names.cluster} to true, or name one server.`,
    );
  }
  if (certificateAuthority !== undefined && ![url, sentinels].some(isOverTls)) {
    messages.push(
      `${names.certificateAuthority} needs ${names.url} with rediss://: other connections have no certificates.`,
    );
  }
  return messages.map((message) => new TypeError(message));
}

function isOverTls(urls = ''): boolean {
  return parseRedisUrls(urls)?.some(({ protocol }) => protocol === 'rediss:') === true;
}

/**
 * Parses one or more Redis URLs, separated by commas. Each must have a host, and may have a database number and
 * nothing else after it. Returns `undefined` for anything else.
 */
export function parseRedisUrls(text: string): readonly [URL, ...URL[]] | undefined {
  const items = text.split(',').map((item) => item.trim());
  const [first, ...others] = items.filter((item) => item !== '').map(parseRedisUrl);
  if (first === undefined || !others.every((url) => url !== undefined)) return undefined;
  return [first, ...others];
}

function parseRedisUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, host, pathname } = url;
  // `redis:user:password@host` is a valid URL, but has no host.
  const isOne = /^rediss?:$/.test(protocol) && host !== '' && /^(?:\/\d*)?$/.test(pathname);
  return isOne && [url.username, url.password].every(isDecodable) ? url : undefined;
}

/** Whether percent-decoding succeeds: a bare % fails. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
