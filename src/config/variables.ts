import * as v from 'valibot';
import { AUDIT_LOG_SETTINGS } from '../audit/policy.js';
import { IDENTITY_TOKEN_SETTINGS } from '../identity-tokens/policy.js';
import { DEVICE_BINDING_SETTINGS, KEY_BINDING_SETTINGS } from '../key-binding/policy.js';
import { WALLET_SESSIONS_SETTINGS } from '../core/read-options.js';
import { DOCUMENT_LIMIT_SETTINGS, DOCUMENT_RATE_SETTINGS } from '../graphql/document-limits.js';
import { optional, withDefault, type Setting, type SettingType } from '../options.js';
import {
  boolean,
  choice,
  duration,
  integer,
  isWebUrl,
  list,
  text,
  textWith,
  webUrl,
} from '../setting-types.js';
import { rate, RATE_LIMIT_SETTINGS } from '../rate-limits/rate-limits.js';
import { INTAKE_SETTINGS } from '../server/bounded-server.js';
import type { IntrospectionClient } from '../server/introspection.js';
import { BODY_SETTINGS } from '../server/request-bodies.js';
import { SESSION_SETTINGS } from '../sessions/policy.js';
import { RPC_SETTINGS } from '../sign-in/ethereum/rpc/eth-call.js';
import { origins, SIGN_IN_SETTINGS } from '../sign-in/policy.js';
import { REDIS_SETTINGS } from '../stores/redis/settings.js';
import { MESSAGE_SETTINGS, SOCKET_LIMIT_SETTINGS } from '../websocket/socket-limits.js';
import { itemsOf } from './text.js';

// Each variable is a setting: of the library or of a part of the service, which declares and describes it; or of the
// service as a whole, declared here. A comment here says what is different in the service.

const SERVICE_VARIABLES = {
  /** The address to listen on. */
  HOST: withDefault('127.0.0.1', text),
  /** The port to listen on; 0 selects a free port. */
  PORT: withDefault(4000, integer(0, 65_535)),
  /** The directory of the embedded store and the development key. */
  DATA_DIRECTORY: withDefault('.wallet-sessions', text),
  /**
   * As id:base64 of at least 32 bytes, separated by commas. Required in production; otherwise the service generates one and
   * stores it in `DATA_DIRECTORY`.
   */
  SESSION_KEYS: WALLET_SESSIONS_SETTINGS.keys,
  /**
   * How long the service keeps serving after the signal to stop, with /readyz answering 503, so that load balancers can stop
   * sending requests.
   */
  SHUTDOWN_DELAY: withDefault(0, duration()),
  /** How long requests in progress may take to finish after `SHUTDOWN_DELAY`. */
  SHUTDOWN_TIMEOUT: withDefault(10_000, duration()),
  /** The minimum severity of log entries: debug, info, warn, error or fatal. With silent, nothing is logged. */
  LOG_LEVEL: withDefault('info', choice(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])),
  /** With `production`, `SESSION_KEYS` is required, and `INTROSPECTION` defaults to false. */
  NODE_ENV: withDefault('development', text),
};

const REDIS_VARIABLES = {
  /** If it is not set, the embedded store is used. */
  REDIS_URL: REDIS_SETTINGS.url,
  REDIS_CLUSTER: REDIS_SETTINGS.cluster,
  REDIS_SENTINELS: REDIS_SETTINGS.sentinels,
  /**
   * A PEM file with the CA certificates that sign the certificates of Redis. Default: the CA certificates of Node.js.
   */
  REDIS_TLS_CA_FILE: optional(text),
  REDIS_KEY_PREFIX: REDIS_SETTINGS.keyPrefix,
  REDIS_COMMAND_TIMEOUT: REDIS_SETTINGS.commandTimeout,
  REDIS_REVOCATION_REPLICAS: REDIS_SETTINGS.revocationReplicas,
};

const SIGN_IN_VARIABLES = {
  /** Default: localhost and 127.0.0.1 at `PORT`. */
  SIGN_IN_ORIGINS: WALLET_SESSIONS_SETTINGS.origins,
  SIGN_IN_CHAIN_IDS: SIGN_IN_SETTINGS.chainIds,
  SIGN_IN_STATEMENT: SIGN_IN_SETTINGS.statement,
  SIGN_IN_MESSAGE_LIMIT: SIGN_IN_SETTINGS.messageLength,
  CHALLENGE_TIMEOUT: SIGN_IN_SETTINGS.challengeTimeout,
  /** As eip155:1=https://rpc.example.com, separated by commas. On other chains, contract wallets cannot sign in. */
  RPC_URLS: WALLET_SESSIONS_SETTINGS.rpcs,
  WALLET_VERIFICATION_TIMEOUT: RPC_SETTINGS.timeout,
};

const SESSION_VARIABLES = {
  SESSION_TIMEOUT: SESSION_SETTINGS.timeout,
  SESSION_REFRESH_WINDOW: SESSION_SETTINGS.refreshWindow,
  SESSION_ABSOLUTE_TIMEOUT: SESSION_SETTINGS.absoluteTimeout,
  SESSION_REFRESH_GRACE: SESSION_SETTINGS.refreshGrace,
  SESSION_LIMIT: SESSION_SETTINGS.limit,
  SESSION_LIMIT_POLICY: SESSION_SETTINGS.onLimit,
  SESSION_LAST_SEEN_INTERVAL: SESSION_SETTINGS.lastSeenInterval,
  FRESH_AUTHENTICATION_WINDOW: SESSION_SETTINGS.freshWindow,
  /**
   * A JavaScript module whose default export is a function that describes where an IP address is. It takes the address and
   * returns a text, such as `Berlin, Germany`, or `undefined` if it does not know. It may return a promise. Lists of sessions
   * show the text.
   */
  PLACE_MODULE: optional(text),
  NEAR_CACHE_SIZE: WALLET_SESSIONS_SETTINGS.nearCacheSize,
  NEAR_CACHE_BOUND: REDIS_SETTINGS.nearCacheBound,
};

const KEY_BINDING_VARIABLES = {
  KEY_BINDING: KEY_BINDING_SETTINGS.mode,
  PUBLIC_URLS: KEY_BINDING_SETTINGS.publicUrls,
  KEY_PROOF_LIFETIME: KEY_BINDING_SETTINGS.proofLifetime,
  KEY_PROOF_REQUIRE_NONCE: KEY_BINDING_SETTINGS.requireNonce,
  KEY_PROOF_SHARED_REPLAY_DETECTION: KEY_BINDING_SETTINGS.sharedReplayDetection,
  DEVICE_BINDING: DEVICE_BINDING_SETTINGS.enabled,
  DEVICE_COOKIE_LIFETIME: DEVICE_BINDING_SETTINGS.cookieLifetime,
  DEVICE_SESSION_PATH: DEVICE_BINDING_SETTINGS.path,
};

const ADMINISTRATION_VARIABLES = {
  ADMIN_WALLETS: WALLET_SESSIONS_SETTINGS.administrators,
  /** Whether the page /admin is served, for the wallets in `ADMIN_WALLETS`. If `ADMIN_WALLETS` names no wallet, the page is not served. */
  ADMIN_PAGE: withDefault(true, boolean),
  METRICS_DASHBOARD_URL: WALLET_SESSIONS_SETTINGS.dashboardUrl,
  AUDIT_LOG_SIZE: AUDIT_LOG_SETTINGS.size,
  AUDIT_LOG_SIZE_PER_WALLET: AUDIT_LOG_SETTINGS.sizePerWallet,
  AUDIT_LOG_RETENTION: AUDIT_LOG_SETTINGS.retention,
};

const RATE_LIMIT_VARIABLES = {
  /** As count/window; none means no limit. */
  RATE_LIMIT_CHALLENGE_PER_IP: RATE_LIMIT_SETTINGS.challenge.network,
  RATE_LIMIT_SIGN_IN_PER_IP: RATE_LIMIT_SETTINGS.signIn.network,
  RATE_LIMIT_SIGN_IN_PER_WALLET: RATE_LIMIT_SETTINGS.signIn.wallet,
  RATE_LIMIT_REFRESH_PER_IP: RATE_LIMIT_SETTINGS.refresh.network,
  RATE_LIMIT_REFRESH_PER_SESSION: RATE_LIMIT_SETTINGS.refresh.session,
  RATE_LIMIT_DOCUMENTS_PER_IP: DOCUMENT_RATE_SETTINGS.documentRate,
  RATE_LIMIT_LOGOUT_PER_SESSION: RATE_LIMIT_SETTINGS.logout.session,
};

const TRANSPORT_VARIABLES = {
  TRUSTED_PROXIES: WALLET_SESSIONS_SETTINGS.trustedProxies,
  /** The web origins whose pages may call the API and open WebSockets. Default: `SIGN_IN_ORIGINS`. */
  CORS_ORIGINS: optional(origins),
  /**
   * Whether browsers get their tokens in HttpOnly cookies, which scripts cannot read. The service then refreshes their
   * sessions automatically.
   */
  COOKIES: withDefault(false, boolean),
  MESSAGE_LIMIT: MESSAGE_SETTINGS.messageLimit,
  WEBSOCKET_INIT_TIMEOUT: SOCKET_LIMIT_SETTINGS.initTimeout,
  WEBSOCKET_OPERATION_LIMIT: SOCKET_LIMIT_SETTINGS.operationsPerSocket,
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: SOCKET_LIMIT_SETTINGS.subscriptionsPerSession,
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP: SOCKET_LIMIT_SETTINGS.subscriptionsPerNetwork,
  WEBSOCKET_SUBSCRIPTION_LIMIT: SOCKET_LIMIT_SETTINGS.subscriptions,
  WEBSOCKET_LIMIT_PER_SESSION: SOCKET_LIMIT_SETTINGS.socketsPerSession,
  WEBSOCKET_LIMIT_PER_IP: SOCKET_LIMIT_SETTINGS.socketsPerNetwork,
  WEBSOCKET_LIMIT: SOCKET_LIMIT_SETTINGS.sockets,
  WEBSOCKET_MEMORY_PER_IP: SOCKET_LIMIT_SETTINGS.memoryPerNetwork,
  WEBSOCKET_MEMORY: SOCKET_LIMIT_SETTINGS.memory,
};

const HOST = /^(?:\*|(?:\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::\d{1,5})?)$/;

const hosts: SettingType<readonly string[], string> = {
  form: text.form,
  schema: v.pipe(
    v.string(),
    v.transform((given) => itemsOf(given).map((host) => host.toLowerCase())),
    v.nonEmpty('must name at least one host'),
    v.everyItem(
      (host) => HOST.test(host),
      'must be hosts like auth.example.com, [::1] or localhost:4000, separated by commas, or * for any host',
    ),
  ),
};

const CONNECTION_VARIABLES = {
  /**
   * The hosts that requests may name (Host header), separated by commas: auth.example.com allows any port,
   * auth.example.com:8443 that one; * allows any host. Others are refused with 421. Default: any host, unless `HOST` is a
   * loopback address; then the hosts of `SIGN_IN_ORIGINS` and `CORS_ORIGINS`. A service on a loopback address always answers
   * for `HOST`, localhost, 127.0.0.1 and [::1]. /healthz and /readyz answer for any host.
   */
  ALLOWED_HOSTS: optional(hosts),
  REQUEST_HEADERS_TIMEOUT: INTAKE_SETTINGS.headersTimeout,
  REQUEST_TIMEOUT: INTAKE_SETTINGS.requestTimeout,
  KEEP_ALIVE_TIMEOUT: INTAKE_SETTINGS.keepAliveTimeout,
  CONCURRENT_BODY_LIMIT_PER_IP: BODY_SETTINGS.concurrentPerNetwork,
  CONCURRENT_BODY_LIMIT: BODY_SETTINGS.concurrent,
  CONNECTION_LIMIT_PER_IP: INTAKE_SETTINGS.connectionsPerNetwork,
  CONNECTION_LIMIT: INTAKE_SETTINGS.connections,
};

const applicationName = textWith(
  (name) => name.trim() !== '' && name.length <= 64,
  'must be a name of 1 to 64 characters',
);

const logoUrl = textWith(
  (url) => isWebUrl(url) || /^data:image\/[\w.+-]+[;,]/.test(url),
  'must be a URL with https:// or http://, or a data: URL of an image',
);

const GRAPHQL_VARIABLES = {
  DOCUMENT_TOKEN_LIMIT: DOCUMENT_LIMIT_SETTINGS.tokens,
  OPERATION_DEPTH_LIMIT: DOCUMENT_LIMIT_SETTINGS.depth,
  OPERATION_COST_LIMIT: DOCUMENT_LIMIT_SETTINGS.cost,
  OPERATION_ALIAS_LIMIT: DOCUMENT_LIMIT_SETTINGS.aliases,
  OPERATION_DIRECTIVE_LIMIT: DOCUMENT_LIMIT_SETTINGS.directives,
  /**
   * Whether clients may query the schema, and whether errors suggest names ("Did you mean …?"). Default: true, or false with
   * `NODE_ENV=production`.
   */
  INTROSPECTION: optional(boolean),
  /** Whether the API path shows GraphiQL to browsers. Default: the value of `INTROSPECTION`, which GraphiQL needs. */
  GRAPHIQL: optional(boolean),
  /** Whether the page /sessions is served, where owners of wallets see and log out their sessions. */
  SESSIONS_PAGE: withDefault(true, boolean),
  /** The name of the application in the header and title of the pages. At most 64 characters. */
  APPLICATION_NAME: withDefault('Wallet Sessions', applicationName),
  /**
   * The address that the name and logo in the header of the pages link to. Default: `/`, which redirects to GraphiQL or, if
   * it is disabled, to the sessions page.
   */
  APPLICATION_URL: optional(webUrl),
  /**
   * The logo in the header of the pages: an http: or https: URL, whose origin the content security policy of the pages then
   * allows for images, or a data: URL of an image. Default: the logo of Wallet Sessions.
   */
  APPLICATION_LOGO_URL: optional(logoUrl),
  /**
   * Maximum number of parsed and validated requests that are cached, so that repeated requests are only executed; 0 disables
   * the cache.
   */
  PREPARED_REQUESTS: withDefault(1000, integer(0, 100_000)),
  /** JSON files of documents that clients may refer to by hash: persisted-documents.json from GraphQL Code Generator. */
  TRUSTED_DOCUMENTS: optional(list(text, 'files like persisted-documents.json')),
  /** Whether to refuse all documents that are not in `TRUSTED_DOCUMENTS`. */
  TRUSTED_DOCUMENTS_ONLY: withDefault(false, boolean),
};

const CLIENT = /^([\w.-]{1,64}):([\da-f]{64})(:dpop)?$/i;

const introspectionClients: SettingType<readonly IntrospectionClient[], string> = {
  form: text.form,
  schema: v.pipe(
    v.string(),
    v.transform(itemsOf),
    v.check(
      (items) => items.length > 0 && items.every((item) => CLIENT.test(item)),
      'must be like api:HASH, separated by commas, with the SHA-256 of the secret in 64 hexadecimal digits',
    ),
    v.mapItems((item) => {
      const [, id = '', hash = '', dpop] = CLIENT.exec(item) ?? [];
      return { id, secretHash: Buffer.from(hash, 'hex'), verifiesProofs: dpop !== undefined };
    }),
    v.check(
      (items) => new Set(items.map(({ id }) => id)).size === items.length,
      'must not name a client twice',
    ),
  ),
};

const INTROSPECTION_VARIABLES = {
  /**
   * The clients that may ask /introspect about tokens: api:HASH, separated by commas, with the SHA-256 of the secret in
   * hexadecimal digits. If it is not set, /introspect does not exist. For api:HASH:dpop, tokens that are bound to a key are
   * active, too: the client itself must verify the proof of the key in `cnf` (DPoP).
   */
  TOKEN_INTROSPECTION_CLIENTS: optional(introspectionClients),
  /** Separated by commas. */
  IDENTITY_TOKEN_AUDIENCES: IDENTITY_TOKEN_SETTINGS.audiences,
  IDENTITY_TOKEN_ALGORITHM: IDENTITY_TOKEN_SETTINGS.algorithm,
  /** Token introspections per client at one instance. */
  RATE_LIMIT_INTROSPECTION_PER_CLIENT: withDefault({ acts: 600_000, window: 60_000 }, rate),
};

const METRICS_VARIABLES = {
  /**
   * The port that serves Prometheus metrics at /metrics; 0 selects a free port. If it is not set, the service measures
   * nothing.
   */
  METRICS_PORT: optional(integer(0, 65_535)),
  /** The address that serves metrics. Everybody who can reach it can read them: keep it off the public network. */
  METRICS_HOST: withDefault('127.0.0.1', text),
};

/** The variables by area, in the order of docs/configuration.md. */
export const AREAS: readonly { readonly title: string; readonly variables: Variables }[] = [
  { title: 'The service', variables: SERVICE_VARIABLES },
  { title: 'Redis', variables: REDIS_VARIABLES },
  { title: 'Signing in', variables: SIGN_IN_VARIABLES },
  { title: 'Sessions', variables: SESSION_VARIABLES },
  { title: 'Keys of clients', variables: KEY_BINDING_VARIABLES },
  { title: 'Administration and the audit log', variables: ADMINISTRATION_VARIABLES },
  { title: 'Rate limits', variables: RATE_LIMIT_VARIABLES },
  { title: 'HTTP, browsers and WebSocket', variables: TRANSPORT_VARIABLES },
  { title: 'Hosts, connections and request bodies', variables: CONNECTION_VARIABLES },
  { title: 'GraphQL and pages', variables: GRAPHQL_VARIABLES },
  { title: 'Introspection and identity tokens', variables: INTROSPECTION_VARIABLES },
  { title: 'Metrics', variables: METRICS_VARIABLES },
];

type Variables = Readonly<Record<string, Setting<unknown, unknown>>>;

/** Every environment variable that the service reads. */
export const VARIABLES = {
  ...SERVICE_VARIABLES,
  ...REDIS_VARIABLES,
  ...SIGN_IN_VARIABLES,
  ...SESSION_VARIABLES,
  ...KEY_BINDING_VARIABLES,
  ...ADMINISTRATION_VARIABLES,
  ...RATE_LIMIT_VARIABLES,
  ...TRANSPORT_VARIABLES,
  ...CONNECTION_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...INTROSPECTION_VARIABLES,
  ...METRICS_VARIABLES,
};
