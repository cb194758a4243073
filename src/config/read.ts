import * as v from 'valibot';
import { takesCookies } from '../http/cookies/token-cookies.js';
import type { DocumentLimits } from '../graphql/document-limits.js';
import type { RpcOptions } from '../sign-in/ethereum/rpc/eth-call.js';
import type { KeyBindingPolicy } from '../key-binding/policy.js';
import type { SecretKey } from '../sessions/key-ring.js';
import type { IntakeLimits } from '../server/bounded-server.js';
import type { BodyLimits } from '../server/request-bodies.js';
import type { SocketLimits } from '../websocket/socket-limits.js';
import type { AuditLogPolicy } from '../audit/policy.js';
import type { Rate, RateLimitPolicy } from '../rate-limits/rate-limits.js';
import type { SessionPolicy } from '../sessions/policy.js';
import type { WalletIdentity } from '../accounts/wallet.js';
import { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from '../sign-in/policy.js';
import type { Variable } from './variable.js';
import { VARIABLES } from './variables.js';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly redis: RedisConfig | undefined;
  readonly dataDirectory: string;
  /** `undefined` selects the development key. */
  readonly keys: readonly SecretKey[] | undefined;
  /** `origins` is empty if none are configured: the default depends on the port. */
  readonly signIn: Omit<SignInPolicy, 'origins'> & { readonly origins: readonly string[] };
  /** JSON-RPC endpoints of the chains on which contract wallets may sign in. */
  readonly rpcs: readonly RpcOptions[];
  readonly sessions: SessionPolicy;
  /** `publicUrls` is `undefined` if none are configured: the default is the origins of sign-ins. */
  readonly keyBinding: Omit<KeyBindingPolicy, 'publicUrls'> & {
    readonly publicUrls: readonly string[] | undefined;
  };
  readonly nearCacheSize: number;
  readonly preparedRequests: number;
  readonly trustedDocuments: { readonly file: string; readonly only: boolean } | undefined;
  readonly auditLog: AuditLogPolicy;
  /** Wallets with administrator rights. */
  readonly administrators: readonly WalletIdentity[];
  readonly rateLimits: RateLimitPolicy;
  /** Limit on new GraphQL documents per network. */
  readonly documentRate: Rate;
  /** `undefined` selects the origins of sign-ins. */
  readonly corsOrigins: readonly string[] | undefined;
  /** Whether browsers get their tokens in cookies. */
  readonly cookies: boolean;
  /** Hosts that requests may name; `undefined` if they depend on the address that the service listens on. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly intakeLimits: IntakeLimits;
  readonly bodyLimits: BodyLimits;
  readonly socketLimits: SocketLimits;
  readonly trustedProxies: readonly string[];
  readonly messageLimit: number;
  readonly documentLimits: DocumentLimits;
  /** Whether clients may query the schema, and whether errors suggest names. */
  readonly introspection: boolean;
  readonly pages: {
    readonly graphiql: boolean;
    readonly sessions: boolean;
    /** Whether pages may offer a throw-away wallet. */
    readonly isDevelopment: boolean;
  };
  readonly shutdownDelay: number;
  readonly shutdownTimeout: number;
  readonly logLevel: string;
  /** Where metrics are served; `undefined` disables them. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
}

export interface RedisConfig {
  readonly url: string;
  readonly cluster: boolean;
  readonly sentinels: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyPrefix: string;
  readonly commandTimeout: number;
  readonly revocationReplicas: number;
  readonly nearCacheBound: number;
}

/** Lists every invalid variable on a line, with its name and the expected value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((line) => `  ${line}`)].join('\n'));
  }
}

type Values = {
  readonly [Name in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[Name]>;
};
type ValueOf<V> = V extends Variable<infer Value> ? Value : never;

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 * @throws ConfigurationError listing every invalid variable
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const values = readVariables(environment);
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
    keys: values.SESSION_KEYS,
    signIn: {
      origins: values.SIGN_IN_ORIGINS ?? [],
      chainIds: values.SIGN_IN_CHAIN_IDS as [number, ...number[]],
      statement: values.SIGN_IN_STATEMENT,
      challengeTimeout: values.CHALLENGE_TIMEOUT,
      clockTolerance: DEFAULT_SIGN_IN_POLICY.clockTolerance,
    },
    rpcs: (values.RPC_URLS ?? []).map((rpc) => ({
      ...rpc,
      timeout: values.WALLET_VERIFICATION_TIMEOUT,
    })),
    sessions: {
      timeout: values.SESSION_TIMEOUT,
      refreshWindow: values.SESSION_REFRESH_WINDOW,
      absoluteTimeout: values.SESSION_ABSOLUTE_TIMEOUT,
      refreshGrace: values.SESSION_REFRESH_GRACE,
      limit: values.SESSION_LIMIT,
      onLimit: values.SESSION_LIMIT_POLICY,
      lastSeenInterval: values.SESSION_LAST_SEEN_INTERVAL,
      freshWindow: values.FRESH_AUTHENTICATION_WINDOW,
    },
    keyBinding: {
      mode: values.KEY_BINDING,
      publicUrls: values.PUBLIC_URLS,
      proofLifetime: values.KEY_PROOF_LIFETIME,
      requireNonce: values.KEY_PROOF_REQUIRE_NONCE,
      sharedReplayDetection: values.KEY_PROOF_SHARED_REPLAY_DETECTION,
    },
    nearCacheSize: values.NEAR_CACHE_SIZE,
    preparedRequests: values.PREPARED_REQUESTS,
    trustedDocuments:
      values.TRUSTED_DOCUMENTS === undefined
        ? undefined
        : { file: values.TRUSTED_DOCUMENTS, only: values.TRUSTED_DOCUMENTS_ONLY },
    administrators: values.ADMIN_WALLETS ?? [],
    auditLog: {
      size: values.AUDIT_LOG_SIZE,
      sizePerWallet: values.AUDIT_LOG_SIZE_PER_WALLET,
      retention: values.AUDIT_LOG_RETENTION,
    },
    rateLimits: {
      challenge: { network: values.RATE_LIMIT_CHALLENGE_PER_IP },
      signIn: {
        network: values.RATE_LIMIT_SIGN_IN_PER_IP,
        wallet: values.RATE_LIMIT_SIGN_IN_PER_WALLET,
      },
      refresh: {
        network: values.RATE_LIMIT_REFRESH_PER_IP,
        session: values.RATE_LIMIT_REFRESH_PER_SESSION,
      },
      logout: { session: values.RATE_LIMIT_LOGOUT_PER_SESSION },
    },
    documentRate: values.RATE_LIMIT_DOCUMENTS_PER_IP,
    corsOrigins: values.CORS_ORIGINS,
    cookies: values.COOKIES,
    allowedHosts: values.ALLOWED_HOSTS,
    intakeLimits: {
      headersTimeout: values.REQUEST_HEADERS_TIMEOUT,
      requestTimeout: values.REQUEST_TIMEOUT,
      keepAliveTimeout: values.KEEP_ALIVE_TIMEOUT,
      connections: values.CONNECTION_LIMIT,
      connectionsPerNetwork: values.CONNECTION_LIMIT_PER_IP,
    },
    bodyLimits: {
      length: values.MESSAGE_LIMIT,
      concurrent: values.CONCURRENT_BODY_LIMIT,
      concurrentPerNetwork: values.CONCURRENT_BODY_LIMIT_PER_IP,
    },
    socketLimits: {
      initTimeout: values.WEBSOCKET_INIT_TIMEOUT,
      messageTimeout: values.REQUEST_TIMEOUT,
      operationsPerSocket: values.WEBSOCKET_OPERATION_LIMIT,
      subscriptionsPerSession: values.WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION,
      subscriptionsPerNetwork: values.WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP,
      subscriptions: values.WEBSOCKET_SUBSCRIPTION_LIMIT,
      socketsPerSession: values.WEBSOCKET_LIMIT_PER_SESSION,
      socketsPerNetwork: values.WEBSOCKET_LIMIT_PER_IP,
      sockets: values.WEBSOCKET_LIMIT,
      memoryPerNetwork: values.WEBSOCKET_MEMORY_PER_IP,
      memory: values.WEBSOCKET_MEMORY,
    },
    trustedProxies: values.TRUSTED_PROXIES,
    messageLimit: values.MESSAGE_LIMIT,
    documentLimits: {
      tokens: values.DOCUMENT_TOKEN_LIMIT,
      depth: values.OPERATION_DEPTH_LIMIT,
      cost: values.OPERATION_COST_LIMIT,
      aliases: values.OPERATION_ALIAS_LIMIT,
      directives: values.OPERATION_DIRECTIVE_LIMIT,
    },
    introspection,
    pages: {
      graphiql: values.GRAPHIQL ?? introspection,
      sessions: values.SESSIONS_PAGE,
      isDevelopment: values.NODE_ENV !== 'production',
    },
    shutdownDelay: values.SHUTDOWN_DELAY,
    shutdownTimeout: values.SHUTDOWN_TIMEOUT,
    logLevel: values.LOG_LEVEL,
    metrics:
      values.METRICS_PORT === undefined
        ? undefined
        : { host: values.METRICS_HOST, port: values.METRICS_PORT },
  };
}

function readVariables(environment: NodeJS.ProcessEnv): Values {
  const problems: string[] = [];
  const values = Object.entries<Variable<unknown>>(VARIABLES).map(([name, variable]) => {
    const given = environment[name];
    const text = given === undefined || given === '' ? variable.fallback : given;
    if (text === undefined) return [name, undefined];
    const result = v.safeParse(variable.schema, text);
    // The message does not repeat the value: it may be a secret.
    if (!result.success) {
      problems.push(`${name} ${result.issues[0].message}.`);
    }
    return [name, result.output];
  });
  if (environment['NODE_ENV'] === 'production' && !environment['SESSION_KEYS']) {
    problems.push(
      'SESSION_KEYS must be set in production: generate it with `npx wallet-sessions keys generate`.',
    );
  }
  const read = Object.fromEntries(values) as Values;
  if (problems.length === 0) problems.push(...contradictionsIn(read));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return read;
}

/** Problems of variables that are valid by themselves but not together. */
function contradictionsIn(values: Values): string[] {
  const { REDIS_URL: url, REDIS_CLUSTER: cluster, REDIS_SENTINELS: sentinels } = values;
  const problems = [];
  if (values.SESSION_TIMEOUT > values.SESSION_ABSOLUTE_TIMEOUT) {
    problems.push('SESSION_TIMEOUT must be at most SESSION_ABSOLUTE_TIMEOUT.');
  }
  if (values.REQUEST_HEADERS_TIMEOUT > values.REQUEST_TIMEOUT) {
    problems.push('REQUEST_HEADERS_TIMEOUT must be at most REQUEST_TIMEOUT.');
  }
  if (cluster && url === undefined) {
    problems.push('REDIS_CLUSTER needs REDIS_URL: one or more nodes of the cluster.');
  }
  if (sentinels !== undefined && url === undefined) {
    problems.push('REDIS_SENTINELS needs REDIS_URL, with the name of the master as its host.');
  }
  if (cluster && sentinels !== undefined) {
    problems.push('REDIS_CLUSTER and REDIS_SENTINELS exclude each other.');
  }
  if (!cluster && url?.includes(',') === true) {
    problems.push(
      'REDIS_URL names several servers: set REDIS_CLUSTER to true, or name one server.',
    );
  }
  const origins = values.CORS_ORIGINS ?? values.SIGN_IN_ORIGINS ?? [];
  if (values.COOKIES && !origins.every(takesCookies)) {
    problems.push(
      'COOKIES needs origins with https:// or on localhost: browsers send Secure cookies to no others.',
    );
  }
  if (values.COOKIES && values.KEY_BINDING === 'required') {
    problems.push(
      'KEY_BINDING must not be required with COOKIES: tokens in cookies cannot be bound to a key.',
    );
  }
  for (const { chainId } of values.RPC_URLS ?? []) {
    if (!values.SIGN_IN_CHAIN_IDS.includes(chainId)) {
      problems.push(`RPC_URLS names chain ${chainId}, which SIGN_IN_CHAIN_IDS does not.`);
    }
  }
  return problems;
}
