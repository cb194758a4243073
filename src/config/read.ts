import { AUDIT_LOG_SETTINGS } from '../audit/policy.js';
import { IDENTITY_TOKEN_SETTINGS } from '../identity-tokens/policy.js';
import { contradictionsIn } from '../core/contradictions.js';
import { DEVICE_BINDING_SETTINGS, KEY_BINDING_SETTINGS } from '../key-binding/policy.js';
import { DOCUMENT_LIMIT_SETTINGS } from '../graphql/document-limits.js';
import {
  isSetting,
  type RequiredSetting,
  type Setting,
  type Settings,
  type ValuesOf,
} from '../options.js';
import { RATE_LIMIT_SETTINGS } from '../rate-limits/rate-limits.js';
import { INTAKE_SETTINGS } from '../server/bounded-server.js';
import { BODY_SETTINGS } from '../server/request-bodies.js';
import { SESSION_SETTINGS } from '../sessions/policy.js';
import { SIGN_IN_SETTINGS } from '../sign-in/policy.js';
import { contradictionsInAddress } from '../stores/redis/settings.js';
import { SOCKET_LIMIT_SETTINGS } from '../websocket/socket-limits.js';
import { readText } from './text.js';
import { VARIABLES } from './variables.js';

/** The configuration of the service. */
export type Config = ReturnType<typeof readConfig>;

/** Lists every invalid variable on a line, with its name and the expected value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((line) => `  ${line}`)].join('\n'));
  }
}

/** The values by variable. What the library requires is `undefined` if it is not set. */
type Values = {
  readonly [Name in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[Name]>;
};
type ValueOf<Variable> =
  Variable extends RequiredSetting<infer Value, unknown>
    ? Value | undefined
    : Variable extends Setting<infer Value, unknown>
      ? Value
      : never;

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 * @throws ConfigurationError listing every invalid variable
 */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const values = readVariables(environment);
  const group = groupReader(values);
  const introspection = values.INTROSPECTION ?? values.NODE_ENV !== 'production';
  return {
    host: values.HOST,
    port: values.PORT,
    redis:
      values.REDIS_URL === undefined
        ? undefined
        : {
            url: values.REDIS_URL,
            cluster: values.REDIS_CLUSTER,
            sentinels: values.REDIS_SENTINELS,
            certificateFile: values.REDIS_TLS_CA_FILE,
            keyPrefix: values.REDIS_KEY_PREFIX,
            commandTimeout: values.REDIS_COMMAND_TIMEOUT,
            revocationReplicas: values.REDIS_REVOCATION_REPLICAS,
            nearCacheBound: values.NEAR_CACHE_BOUND,
          },
    dataDirectory: values.DATA_DIRECTORY,
    /** `undefined` selects the development key. */
    keys: values.SESSION_KEYS,
    /** `undefined` if none are configured: the default depends on the port. */
    origins: values.SIGN_IN_ORIGINS,
    signIn: group(SIGN_IN_SETTINGS),
    /** JSON-RPC endpoints of the chains on which contract wallets may sign in. */
    rpcs: values.RPC_URLS.map((rpc) => ({ ...rpc, timeout: values.WALLET_VERIFICATION_TIMEOUT })),
    sessions: group(SESSION_SETTINGS),
    /** `publicUrls` is `undefined` if none are configured: the default is the origins of sign-ins. */
    keyBinding: group(KEY_BINDING_SETTINGS),
    identityTokens: group(IDENTITY_TOKEN_SETTINGS),
    deviceBinding: group(DEVICE_BINDING_SETTINGS),
    nearCacheSize: values.NEAR_CACHE_SIZE,
    preparedRequests: values.PREPARED_REQUESTS,
    trustedDocuments:
      values.TRUSTED_DOCUMENTS === undefined
        ? undefined
        : { files: values.TRUSTED_DOCUMENTS, only: values.TRUSTED_DOCUMENTS_ONLY },
    /** A module that describes where an IP address is. */
    placeModule: values.PLACE_MODULE,
    /** Wallets with administrator rights. */
    administrators: values.ADMIN_WALLETS,
    /** The URL of the dashboard of metrics, for administrators. */
    dashboardUrl: values.METRICS_DASHBOARD_URL,
    auditLog: group(AUDIT_LOG_SETTINGS),
    rateLimits: group(RATE_LIMIT_SETTINGS),
    /** Limit on new GraphQL documents per network. */
    documentRate: values.RATE_LIMIT_DOCUMENTS_PER_IP,
    /** `undefined` selects the origins of sign-ins. */
    corsOrigins: values.CORS_ORIGINS,
    /** Whether browsers get their tokens in cookies. */
    cookies: values.COOKIES,
    /** Hosts that requests may name; `undefined` if they depend on the address that the service listens on. */
    allowedHosts: values.ALLOWED_HOSTS,
    intakeLimits: group(INTAKE_SETTINGS),
    bodyLimits: { ...group(BODY_SETTINGS), length: values.MESSAGE_LIMIT },
    socketLimits: { ...group(SOCKET_LIMIT_SETTINGS), messageTimeout: values.REQUEST_TIMEOUT },
    trustedProxies: values.TRUSTED_PROXIES,
    messageLimit: values.MESSAGE_LIMIT,
    documentLimits: group(DOCUMENT_LIMIT_SETTINGS),
    /** Whether clients may query the schema, and whether errors suggest names. */
    introspection,
    pages: {
      graphiql: values.GRAPHIQL ?? introspection,
      sessions: values.SESSIONS_PAGE,
      /** Without administrators, there is nobody who could use it. */
      admin: values.ADMIN_PAGE && values.ADMIN_WALLETS.length > 0,
      /** Whether pages may offer throw-away wallets. */
      isDevelopment: values.NODE_ENV !== 'production',
      application: {
        name: values.APPLICATION_NAME,
        url: values.APPLICATION_URL,
        logoUrl: values.APPLICATION_LOGO_URL,
      },
    },
    /** `undefined` without clients. */
    tokenIntrospection: values.TOKEN_INTROSPECTION_CLIENTS && {
      clients: values.TOKEN_INTROSPECTION_CLIENTS,
      rate: values.RATE_LIMIT_INTROSPECTION_PER_CLIENT,
    },
    shutdownDelay: values.SHUTDOWN_DELAY,
    shutdownTimeout: values.SHUTDOWN_TIMEOUT,
    logLevel: values.LOG_LEVEL,
    /** Where metrics are served; `undefined` disables them. */
    metrics:
      values.METRICS_PORT === undefined
        ? undefined
        : { host: values.METRICS_HOST, port: values.METRICS_PORT },
  };
}

/** Reads groups of settings. A setting that no variable sets has its default. */
function groupReader(values: Values) {
  const bySetting = new Map(
    Object.entries<Setting<unknown, unknown>>(VARIABLES).map(([name, setting]) => [
      setting,
      values[name as keyof Values] as unknown,
    ]),
  );
  const read = (settings: Settings): unknown =>
    Object.fromEntries(
      Object.entries(settings).map(([name, entry]) => {
        if (!isSetting(entry)) return [name, read(entry)];
        return [name, bySetting.has(entry) ? bySetting.get(entry) : entry.fallback];
      }),
    );
  return <Group>(settings: Group) => read(settings as Settings) as ValuesOf<Group>;
}

function readVariables(environment: NodeJS.ProcessEnv): Values {
  const problems: string[] = [];
  const values = Object.entries<Setting<unknown, unknown>>(VARIABLES).map(([name, setting]) => {
    const text = environment[name];
    if (text === undefined || text === '') return [name, setting.fallback];
    const read = readText(setting, text);
    if ('value' in read) return [name, read.value];
    // The message does not repeat the value: it may be a secret.
    problems.push(`${name} ${read.problem}.`);
    return [name, undefined];
  });
  if (environment['NODE_ENV'] === 'production' && !environment['SESSION_KEYS']) {
    problems.push(
      'SESSION_KEYS must be set in production: generate it with `npx wallet-sessions-service keys generate`.',
    );
  }
  const read = Object.fromEntries(values) as Values;
  if (problems.length === 0) problems.push(...contradictionsOf(read));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return read;
}

/** Problems of variables that are valid by themselves but not together. */
function contradictionsOf(values: Values): string[] {
  const problems: string[] = [];
  if (values.REQUEST_HEADERS_TIMEOUT > values.REQUEST_TIMEOUT) {
    problems.push('REQUEST_HEADERS_TIMEOUT must be at most REQUEST_TIMEOUT.');
  }
  if (values.TRUSTED_DOCUMENTS_ONLY && values.TRUSTED_DOCUMENTS === undefined) {
    problems.push('TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS: the files of these documents.');
  }
  const origins = values.CORS_ORIGINS ?? values.SIGN_IN_ORIGINS ?? [];
  const errors = contradictionsIn(
    {
      sessions: {
        timeout: values.SESSION_TIMEOUT,
        absoluteTimeout: values.SESSION_ABSOLUTE_TIMEOUT,
      },
      cookieOrigins: values.COOKIES ? origins : undefined,
      deviceBinding: { enabled: values.DEVICE_BINDING },
      keyBinding: { mode: values.KEY_BINDING },
      signIn: { chainIds: values.SIGN_IN_CHAIN_IDS },
      rpcs: values.RPC_URLS,
    },
    {
      timeout: 'SESSION_TIMEOUT',
      absoluteTimeout: 'SESSION_ABSOLUTE_TIMEOUT',
      cookies: 'COOKIES',
      deviceBinding: 'DEVICE_BINDING',
      keyBinding: 'KEY_BINDING',
      chainIds: 'SIGN_IN_CHAIN_IDS',
      rpcs: 'RPC_URLS',
    },
  );
  return [...problemsOfRedis(values), ...problems, ...errors.map(({ message }) => message)];
}

function problemsOfRedis(values: Values): string[] {
  const { REDIS_URL: url, REDIS_CLUSTER: cluster, REDIS_SENTINELS: sentinels } = values;
  const { REDIS_TLS_CA_FILE: certificateAuthority } = values;
  if (url !== undefined) {
    const errors = contradictionsInAddress(
      { url, cluster, sentinels, certificateAuthority },
      {
        url: 'REDIS_URL',
        cluster: 'REDIS_CLUSTER',
        sentinels: 'REDIS_SENTINELS',
        certificateAuthority: 'REDIS_TLS_CA_FILE',
      },
    );
    return errors.map(({ message }) => message);
  }
  const problems: string[] = [];
  if (cluster) problems.push('REDIS_CLUSTER needs REDIS_URL: one or more nodes of the cluster.');
  if (sentinels !== undefined) {
    problems.push('REDIS_SENTINELS needs REDIS_URL, with the name of the master as its host.');
  }
  if (certificateAuthority !== undefined) {
    problems.push('REDIS_TLS_CA_FILE needs REDIS_URL with rediss://: a server with TLS.');
  }
  if (values.REDIS_REVOCATION_REPLICAS > 0) {
    problems.push('REDIS_REVOCATION_REPLICAS needs REDIS_URL: the embedded store has no replicas.');
  }
  return problems;
}
