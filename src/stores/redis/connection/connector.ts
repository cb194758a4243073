import { Cluster, type Redis } from 'ioredis';
import { parseRedisUrls, REDIS_URLS } from '../../redis-url.js';
import { explainOutages, PersistentRedis, type RedisClient, type RedisSettings } from './client.js';

/** Where Redis is, and how it is run: one server, a cluster, or servers that sentinels watch. */
export interface RedisAddress {
  /**
   * `redis://` or `rediss://` URL, with user, password and database where needed. Of a cluster, one or
   * more of its nodes, separated by commas. Beside `sentinels`, its host is the name of the master.
   */
  readonly url: string;
  /** Whether the URL is one of a Redis Cluster. */
  readonly cluster?: boolean | undefined;
  /** URLs of sentinels, separated by commas, with a user and a password of their own where needed. */
  readonly sentinels?: string | undefined;
  /** Who signs the certificates of `rediss` servers, in PEM. Default: the authorities of Node.js. */
  readonly certificateAuthority?: string | undefined;
}

/** Makes clients that are not connected yet. `name`: by which an operator finds it in `CLIENT LIST`. */
export interface RedisConnector {
  client(name: string, options?: ClientOptions): RedisClient;
  /**
   * A client for channels, whose commands wait for the connection, for as long as the timeout.
   */
  subscriber(name: string, options?: SubscriberOptions): Redis;
}

export interface ClientOptions {
  /** Of a cluster, whether to connect only while it serves all slots. Default true. */
  readonly onlyIfWhole?: boolean | undefined;
}

export interface SubscriberOptions {
  /** Of a cluster, the one at `host:port`. */
  readonly node?: string | undefined;
  /** Default 3. */
  readonly protocol?: 2 | 3 | undefined;
}

/** The longest pause between two attempts to connect: how soon, at the latest, a recovery is noticed. */
const LONGEST_RETRY_DELAY = 1000;

/** How often a client of a cluster asks who is in charge of what, in milliseconds. */
const TOPOLOGY_INTERVAL = 5000;

/**
 * @param timeout milliseconds after which a connection attempt or a command fails
 * @throws TypeError for a URL that is none
 */
export function createRedisConnector(address: RedisAddress, timeout: number): RedisConnector {
  const urls = urlsOf('url', address.url);
  const [first] = urls;
  const sentinels = address.sentinels === undefined ? [] : urlsOf('sentinels', address.sentinels);
  const settings: RedisSettings = {
    ...credentialsOf(first),
    ...tlsOf(first, address),
    lazyConnect: true,
    connectTimeout: timeout,
    commandTimeout: timeout,
    // A server that says nothing while it owes an answer is given up: the commands after that fail at
    // once, until one answers again.
    socketTimeout: timeout,
    // A command that cannot be sent now fails now. One that waited for the connection to come back
    // would run long after its caller was told that nothing was decided.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: retryDelay,
    // A master that became a replica: whoever is master now is found by a new connection.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  };

  const clusterClient = (connectionName: string, onlyIfWhole: boolean) =>
    new Cluster(
      urls.map((url) => endpointOf(url)),
      {
        lazyConnect: true,
        enableOfflineQueue: false,
        enableReadyCheck: onlyIfWhole,
        clusterRetryStrategy: retryDelay,
        slotsRefreshTimeout: timeout,
        slotsRefreshInterval: TOPOLOGY_INTERVAL,
        // A command whose connection broke may have run: only its caller knows whether to repeat it.
        retryDelayOnFailover: 0,
        // Certificates are issued to names, so names are not replaced by addresses.
        dnsLookup: (name, callback) => {
          callback(null, name);
        },
        redisOptions: { ...settings, connectionName },
      },
    );

  const sentinelOptions = (): RedisSettings => ({
    name: first.hostname,
    sentinels: sentinels.map((url) => endpointOf(url, 26_379)),
    sentinelUsername: credentialsOf(sentinels[0]).username,
    sentinelPassword: credentialsOf(sentinels[0]).password,
    sentinelTLS: tlsOf(sentinels[0], address).tls,
    enableTLSForSentinelMode: first.protocol === 'rediss:',
    sentinelCommandTimeout: timeout,
    sentinelRetryStrategy: retryDelay,
    failoverDetector: true,
  });

  const whereabouts = (node?: string): RedisSettings => {
    if (node !== undefined) return splitNode(node);
    return sentinels.length > 0 ? sentinelOptions() : endpointOf(first);
  };

  return {
    client(connectionName, { onlyIfWhole = true } = {}) {
      const client =
        address.cluster === true
          ? clusterClient(connectionName, onlyIfWhole)
          : new PersistentRedis({ ...settings, ...whereabouts(), connectionName });
      explainOutages(client);
      return client;
    },
    subscriber: (connectionName, { node, protocol = 3 } = {}) =>
      new PersistentRedis({
        ...settings,
        ...whereabouts(node),
        connectionName,
        protocol,
        enableOfflineQueue: true,
      }),
  };
}

/** The value is not repeated: it may hold a password. */
function urlsOf(option: 'url' | 'sentinels', value: string): readonly [URL, ...URL[]] {
  const urls = parseRedisUrls(value);
  if (urls === undefined) throw new TypeError(`${option} ${REDIS_URLS}.`);
  return urls;
}

/** Twice the pause after each attempt, with some chance in it: a thousand instances do not come at once. */
function retryDelay(attempt: number): number {
  const delay = Math.min(25 * 2 ** Math.min(attempt, 10), LONGEST_RETRY_DELAY);
  return delay * (0.75 + Math.random() / 4);
}

function splitNode(node: string) {
  const separator = node.lastIndexOf(':');
  return { host: node.slice(0, separator), port: Number(node.slice(separator + 1)) };
}

function endpointOf({ hostname, port }: URL, fallback = 6379) {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port: port === '' ? fallback : Number(port) };
}

function credentialsOf(url: URL | undefined): Pick<RedisSettings, 'username' | 'password' | 'db'> {
  if (url === undefined) return {};
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  const database = /^\/(\d+)$/.exec(url.pathname)?.[1];
  return {
    ...(username && { username }),
    ...(password && { password }),
    ...(database !== undefined && { db: Number(database) }),
  };
}

function tlsOf(url: URL | undefined, address: RedisAddress): Pick<RedisSettings, 'tls'> {
  if (url?.protocol !== 'rediss:') return {};
  const { certificateAuthority: ca } = address;
  return { tls: ca === undefined ? {} : { ca } };
}
