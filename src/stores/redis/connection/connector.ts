import { Cluster, type ClusterOptions, type Redis } from 'ioredis';
import { isIP } from 'node:net';
import { parseRedisUrls, type ApplicationClient, type RedisAddress } from '../settings.js';
import { wayOf } from './application-client.js';
import {
  PersistentRedis,
  sentinelConnector,
  type RedisClient,
  type RedisSettings,
} from './client.js';
import { explainOutages } from './outages.js';

/** Creates clients that are not connected yet. `name` identifies the connection in `CLIENT LIST`. */
export interface RedisConnector {
  client(name: string, options?: ClientOptions): RedisClient;
  /** Returns a client for channels. Its commands wait for the connection, up to the timeout. */
  subscriber(name: string, options?: SubscriberOptions): Redis;
}

export interface ClientOptions {
  /** Whether to connect to a cluster only while it serves all slots. Default `true`. */
  readonly requireAllSlots?: boolean | undefined;
}

export interface SubscriberOptions {
  /** The node of a cluster to connect to, as `host:port`. */
  readonly node?: string | undefined;
  /** The version of RESP. Default 3. */
  readonly protocol?: 2 | 3 | undefined;
}

/** Milliseconds between two connection attempts at most: the longest delay before a recovery is noticed. */
const MAX_RETRY_DELAY = 1000;

/** Milliseconds between two reads of the slot map by a client of a cluster. */
const TOPOLOGY_INTERVAL = 5000;

/** How this store uses any connection, whatever opens it. */
function settingsFor(timeout: number): RedisSettings {
  return {
    lazyConnect: true,
    connectTimeout: timeout,
    commandTimeout: timeout,
    // Closes the connection of a server that owes a reply and sends nothing. Later commands then fail immediately
    // until a server answers again.
    socketTimeout: timeout,
    // A command that cannot be sent fails immediately. If it waited for a connection, it would run long after its
    // caller was told that it had failed.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: retryDelay,
    // Reconnects to find the new master if this one has become a replica.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  };
}

function clusterSettingsFor(timeout: number, requireAllSlots: boolean): ClusterOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: requireAllSlots,
    clusterRetryStrategy: retryDelay,
    slotsRefreshTimeout: timeout,
    slotsRefreshInterval: TOPOLOGY_INTERVAL,
    // A command whose connection broke may have run: only its caller can decide whether to repeat it.
    retryDelayOnFailover: 0,
  };
}

/**
 * @param timeout milliseconds after which a connection attempt or a command fails
 * @throws TypeError for an invalid URL, and for a client of another package than ioredis
 */
export function createRedisConnector(
  address: RedisAddress | { readonly client: ApplicationClient },
  timeout: number,
): RedisConnector {
  return 'client' in address
    ? connectorLike(address.client, timeout)
    : connectorTo(address, timeout);
}

/** Opens connections with the options of a client of the application, and leaves that client alone. */
function connectorLike(client: ApplicationClient, timeout: number): RedisConnector {
  const way = wayOf(client);
  const settings = { ...way.settings, ...settingsFor(timeout) };
  const isOfSentinels = way.settings.sentinels != null;
  const server: RedisSettings = {
    ...settings,
    ...(isOfSentinels && { ...sentinelSettingsFor(timeout) }),
  };
  return {
    client(connectionName, { requireAllSlots = true } = {}) {
      const made =
        way.kind === 'server'
          ? new PersistentRedis({ ...server, connectionName })
          : new Cluster([...way.nodes], {
              ...way.options,
              ...clusterSettingsFor(timeout, requireAllSlots),
              redisOptions: { ...settings, connectionName },
            });
      explainOutages(made);
      return made;
    },
    subscriber: (connectionName, { node, protocol = 3 } = {}) =>
      new PersistentRedis({
        ...server,
        ...(node !== undefined && parseNode(node)),
        connectionName,
        protocol,
        enableOfflineQueue: true,
      }),
  };
}

function connectorTo(address: RedisAddress, timeout: number): RedisConnector {
  const urls = parseUrls(address.url);
  const [first] = urls;
  const sentinels = address.sentinels === undefined ? [] : parseUrls(address.sentinels);
  const settings: RedisSettings = { ...credentialsOf(first), ...settingsFor(timeout) };

  const tlsTo = (host: string) => tlsOf(first, host, address);

  const clusterClient = (connectionName: string, requireAllSlots: boolean) => {
    const cluster = new Cluster(
      urls.map((url) => endpointOf(url)),
      {
        ...clusterSettingsFor(timeout, requireAllSlots),
        // Certificates are issued to host names, so host names are not resolved to addresses here.
        dnsLookup: (name, callback) => {
          callback(null, name);
        },
        redisOptions: { ...settings, connectionName },
      },
    );
    // All nodes share one set of options, and each has its own name. A new node is not connected yet.
    cluster.on('+node', ({ options }: Redis) => Object.assign(options, tlsTo(options.host ?? '')));
    return cluster;
  };

  const sentinelOptions = (): RedisSettings => ({
    name: first.hostname,
    sentinels: sentinels.map((url) => endpointOf(url, 26_379)),
    sentinelUsername: credentialsOf(sentinels[0]).username,
    sentinelPassword: credentialsOf(sentinels[0]).password,
    Connector: sentinelConnector((host) => tlsOf(sentinels[0], host, address)),
    ...tlsTo(''),
    enableTLSForSentinelMode: first.protocol === 'rediss:',
    // The sentinels name the master. ioredis connects with the properties that this function returns.
    natMap: (node) => {
      const { host, port } = parseNode(node);
      return { host, port, servername: serverNameOf(host) };
    },
    ...sentinelSettingsFor(timeout),
  });

  const endpointSettings = (node?: string): RedisSettings => {
    if (node === undefined && sentinels.length > 0) return sentinelOptions();
    const endpoint = node === undefined ? endpointOf(first) : parseNode(node);
    return { ...endpoint, ...tlsTo(endpoint.host) };
  };

  return {
    client(connectionName, { requireAllSlots = true } = {}) {
      const client =
        address.cluster === true
          ? clusterClient(connectionName, requireAllSlots)
          : new PersistentRedis({ ...settings, ...endpointSettings(), connectionName });
      explainOutages(client);
      return client;
    },
    subscriber: (connectionName, { node, protocol = 3 } = {}) =>
      new PersistentRedis({
        ...settings,
        ...endpointSettings(node),
        connectionName,
        protocol,
        enableOfflineQueue: true,
      }),
  };
}

function sentinelSettingsFor(timeout: number): RedisSettings {
  return {
    sentinelCommandTimeout: timeout,
    sentinelRetryStrategy: retryDelay,
    failoverDetector: true,
  };
}

/** The error message omits the value, which may contain a password. */
function parseUrls(checked: string): readonly [URL, ...URL[]] {
  const urls = parseRedisUrls(checked);
  if (urls === undefined) throw new TypeError('Not a URL of Redis.');
  return urls;
}

/** Exponential backoff with jitter, so that many instances do not reconnect at the same moment. */
function retryDelay(attempt: number): number {
  const delay = Math.min(25 * 2 ** Math.min(attempt, 10), MAX_RETRY_DELAY);
  return delay * (0.75 + Math.random() / 4);
}

function parseNode(node: string) {
  const separator = node.lastIndexOf(':');
  return { host: node.slice(0, separator), port: Number(node.slice(separator + 1)) };
}

function endpointOf({ hostname, port }: URL, defaultPort = 6379) {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port: port === '' ? defaultPort : Number(port) };
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

function tlsOf(
  url: URL | undefined,
  host: string,
  { certificateAuthority: ca }: RedisAddress,
): Pick<RedisSettings, 'tls'> {
  if (url?.protocol !== 'rediss:') return {};
  const servername = serverNameOf(host);
  return { tls: { ...(ca !== undefined && { ca }), ...(servername && { servername }) } };
}

/**
 * The name to send in the TLS handshake (SNI), by which servers and proxies choose a certificate. Addresses are not sent
 * (RFC 6066 §3).
 */
function serverNameOf(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined;
}
