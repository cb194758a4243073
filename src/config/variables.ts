import proxyAddress from 'proxy-addr';
import { z } from 'zod';
import type { Address } from '../session/wallet.js';
import { parseAddress } from '../sign-in/address.js';
import { SHORTEST_SECRET, type SecretKey } from '../session/key-ring.js';
import { isStatement } from '../sign-in/message.js';
import { duration } from './duration.js';
import { rate } from './rate.js';

export interface Variable<Value> {
  readonly description: string;
  /** The default as one would write it. */
  readonly fallback: string | undefined;
  /** What the text must be, and what it means. */
  readonly schema: z.ZodType<Value, string>;
}

const variable = <Value>(
  schema: z.ZodType<Value, string>,
  description: string,
  fallback: string,
): Variable<Value> => ({ schema, description, fallback });

/** One without a default: its value is `undefined` where it is not set. */
const optional = <Value>(
  schema: z.ZodType<Value, string>,
  description: string,
): Variable<Value | undefined> => ({ schema, description, fallback: undefined });

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const truth = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true');

const isRedisUrl = (text: string) =>
  URL.canParse(text) &&
  /^rediss?:$/.test(new URL(text).protocol) &&
  // `redis:user:password@host` is a URL, too, but one without a host.
  new URL(text).host !== '';

const redisUrls = z
  .string()
  .transform(list)
  .refine(
    (items) => items.length > 0 && items.every(isRedisUrl),
    'must be a redis:// or rediss:// URL, or several, separated by commas',
  )
  .transform((items) => items.join(','));

const origins = z
  .string()
  .transform(list)
  .refine((items) => items.length > 0, 'must name at least one origin')
  .refine(
    (items) => items.every((item) => URL.canParse(item) && new URL(item).origin === item),
    'must be origins like https://app.example.com, separated by commas, with no path',
  );

const chainIds = z
  .string()
  .transform(list)
  .refine(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}$/.test(item)),
    'must be EIP-155 chain ids, separated by commas',
  )
  .transform((items) => items.map(Number));

const rpcUrls = z
  .string()
  .transform(list)
  .refine(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}=/.test(item)),
    'must be like 1=https://rpc.example.com, separated by commas',
  )
  .transform((items) => items.map(readRpcUrl))
  .refine(
    (rpcs) => rpcs.every(({ url }) => isRpcUrl(url)),
    'must have http:// or https:// URLs without a user name',
  )
  .refine(
    (rpcs) => new Set(rpcs.map(({ chainId }) => chainId)).size === rpcs.length,
    'must not have two URLs for one chain',
  );

function readRpcUrl(item: string): { chainId: number; url: string } {
  const separator = item.indexOf('=');
  return { chainId: Number(item.slice(0, separator)), url: item.slice(separator + 1) };
}

function isRpcUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const wallets = z
  .string()
  .transform(list)
  .transform((items) => items.map(parseAddress))
  .refine(
    (items): items is Address[] => items.every((item) => item !== undefined),
    'must be addresses (0x and 40 hexadecimal digits, checksummed or in one case), separated by commas',
  );

const keys = z
  .string()
  .transform(list)
  .refine(
    (items) => items.length > 0 && items.every((item) => /^[\w-]{1,16}:[\w+/=-]+$/.test(item)),
    'must be keys of the form id:base64, separated by commas',
  )
  .transform((items) => items.map(readKey))
  .refine(
    (items) => items.every(({ secret }) => secret.byteLength >= SHORTEST_SECRET),
    `must have keys of ${SHORTEST_SECRET} bytes or more (openssl rand -base64 32)`,
  )
  .refine(
    (items) => new Set(items.map(({ id }) => id)).size === items.length,
    'must not have two keys of one id',
  );

function readKey(item: string): SecretKey {
  const separator = item.indexOf(':');
  const secret = Buffer.from(item.slice(separator + 1), 'base64');
  return { id: item.slice(0, separator), secret };
}

function isProxyList(items: string[]): boolean {
  try {
    proxyAddress.compile(items);
    return true;
  } catch {
    return false;
  }
}

const MEBIBYTE = 2 ** 20;

/** Milliseconds: shorter, and the proofs of the near-cache would cost more than it saves. */
const SHORTEST_BOUND = 100;

/** Every environment variable that the service reads. The table in the README is made from this. */
export const VARIABLES = {
  HOST: variable(z.string().min(1), 'The address to listen on.', '127.0.0.1'),
  PORT: variable(integer(0, 65_535), 'The port to listen on; 0 takes a free one.', '4000'),
  REDIS_URL: optional(
    redisUrls,
    'The Redis to keep sessions in: redis:// or, over TLS, rediss://user:password@host:port/database. ' +
      'Without it, the embedded store is used.',
  ),
  REDIS_CLUSTER: variable(
    truth,
    'Whether REDIS_URL is one of a Redis Cluster; then it may name several nodes, separated by commas.',
    'false',
  ),
  REDIS_SENTINELS: optional(
    redisUrls,
    'The sentinels to ask which server is the master, as URLs separated by commas. The host in ' +
      'REDIS_URL is then the name of the master: redis://user:password@mymaster.',
  ),
  REDIS_TLS_CA_FILE: optional(
    z.string().min(1),
    'A file with the certificates (PEM) of who signs those of Redis. Default: the authorities of Node.js.',
  ),
  REDIS_KEY_PREFIX: variable(
    z.string().regex(/^[\w:.-]{1,32}$/, 'must be 1 to 32 letters, digits, "_", ":", "." or "-"'),
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
  DATA_DIRECTORY: variable(
    z.string().min(1),
    'Where the embedded store and the development key are kept.',
    '.wallet-sessions',
  ),
  SESSION_KEYS: optional(
    keys,
    'The server’s secrets, newest first: id:base64 of 32 bytes or more, separated by commas. Required ' +
      'in production; else one is made and kept in DATA_DIRECTORY.',
  ),
  SIGN_IN_ORIGINS: optional(
    origins,
    'The web origins that may ask for sign-ins, separated by commas. Default: localhost and 127.0.0.1 at PORT.',
  ),
  SIGN_IN_CHAIN_IDS: variable(
    chainIds,
    'The chains on which a wallet may sign in, separated by commas; the first one is the default.',
    '1',
  ),
  SIGN_IN_STATEMENT: variable(
    z
      .string()
      .max(200, 'must have at most 200 characters')
      .refine(isStatement, 'must be one line of ASCII without " % < > \\ ^ ` { | } (EIP-4361)'),
    'The sentence that the wallet shows its owner.',
    'Sign in with your wallet. This costs nothing and sends no transaction.',
  ),
  RPC_URLS: optional(
    rpcUrls,
    'The JSON-RPC of each chain on which wallets that are contracts may sign in, separated by commas: ' +
      '1=https://rpc.example.com. On other chains they may not.',
  ),
  WALLET_VERIFICATION_TIMEOUT: variable(
    duration(100),
    'How long to wait for an RPC before answering WALLET_VERIFICATION_UNAVAILABLE.',
    '5s',
  ),
  CHALLENGE_TIMEOUT: variable(duration(1000), 'How long a challenge can be answered.', '5m'),
  SESSION_TIMEOUT: variable(
    duration(1000),
    'The idle timeout: how long a session lives without a refresh.',
    '2h',
  ),
  SESSION_REFRESH_WINDOW: variable(
    duration(),
    'How long before the idle timeout a client should refresh.',
    '30m',
  ),
  SESSION_ABSOLUTE_TIMEOUT: variable(
    duration(1000),
    'How long a session lives however often it is refreshed.',
    '30d',
  ),
  SESSION_REFRESH_GRACE: variable(
    duration(),
    'How long a repeated refresh gets the same tokens, until they are refreshed in turn.',
    '30s',
  ),
  SESSION_LIMIT: variable(
    integer(0, 10_000),
    'Concurrent sessions per wallet; 0 means no limit.',
    '10',
  ),
  SESSION_LIMIT_POLICY: variable(
    z.enum(['end-oldest', 'refuse-new'], 'must be end-oldest or refuse-new'),
    'What a sign-in over the limit does: end-oldest or refuse-new.',
    'end-oldest',
  ),
  SESSION_LAST_SEEN_INTERVAL: variable(
    duration(1000),
    'The least time between two updates of a session’s last-seen time.',
    '1m',
  ),
  FRESH_AUTHENTICATION_WINDOW: variable(
    duration(1000),
    'How long after its wallet signed a session may do what needs a fresh signature.',
    '5m',
  ),
  NEAR_CACHE_SIZE: variable(
    integer(0, 10_000_000),
    'The most validated sessions kept in memory, so that their next requests ask nobody; 0 keeps none.',
    '50000',
  ),
  NEAR_CACHE_BOUND: variable(
    duration().refine(
      (bound) => bound === 0 || bound >= SHORTEST_BOUND,
      'must be 0 or a duration of at least 100ms',
    ),
    'How long a session ended elsewhere can still pass, should the word of its end get lost on the way ' +
      'from Redis; 0 keeps none in memory. The word itself takes less than a millisecond.',
    '1s',
  ),
  PREPARED_REQUESTS: variable(
    integer(0, 100_000),
    'The most requests that are kept parsed and validated, so that their repetition is only executed; 0 ' +
      'keeps none.',
    '1000',
  ),
  TRUSTED_DOCUMENTS: optional(
    z.string().min(1),
    'A file of documents that clients may name by their hash instead of sending them: the ' +
      'persisted-documents.json of GraphQL Code Generator.',
  ),
  TRUSTED_DOCUMENTS_ONLY: variable(
    z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true'),
    'Whether no other documents are served than those of TRUSTED_DOCUMENTS.',
    'false',
  ),
  ADMIN_WALLETS: optional(
    wallets,
    'The wallets that may read statistics and everybody’s audit events and end anybody’s sessions, ' +
      'separated by commas.',
  ),
  AUDIT_LOG_SIZE: variable(
    integer(0, 100_000_000),
    'How many of everybody’s audit events the store keeps, for administrators; 0 keeps none.',
    '100000',
  ),
  AUDIT_LOG_SIZE_PER_WALLET: variable(
    integer(0, 10_000),
    'How many audit events the store keeps of each wallet, for its owner; 0 keeps none.',
    '100',
  ),
  AUDIT_LOG_RETENTION: variable(
    duration(1000),
    'How long the store keeps audit events. The structured log has all of them.',
    '30d',
  ),
  RATE_LIMIT_CHALLENGE_PER_IP: variable(
    rate,
    'How many challenges an IPv4 address or IPv6 /64 may ask for: so many in so long, or none for no limit.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may try to sign in.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_WALLET: variable(
    rate,
    'How often a wallet may sign in; what others try in its name does not count.',
    '30/10m',
  ),
  RATE_LIMIT_REFRESH_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may refresh.',
    '300/1m',
  ),
  RATE_LIMIT_REFRESH_PER_WALLET: variable(
    rate,
    'How often the sessions of a wallet may be refreshed.',
    '60/1m',
  ),
  CORS_ORIGINS: optional(
    origins,
    'The web origins whose pages may call the API and open WebSockets, separated by commas. Default: those of SIGN_IN_ORIGINS.',
  ),
  COOKIES: variable(
    truth,
    'Whether the tokens of browsers go in cookies that scripts cannot read, and the service refreshes their sessions by itself.',
    'false',
  ),
  WEBSOCKET_INIT_TIMEOUT: variable(
    duration(1),
    'How long a new WebSocket may take to say hello (connection_init).',
    '3s',
  ),
  WEBSOCKET_OPERATION_LIMIT: variable(
    integer(0, 100_000),
    'Operations under way on one WebSocket, subscriptions among them; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_LIMIT_PER_SESSION: variable(
    integer(0, 100_000),
    'WebSockets of one session at one instance; 0 means no limit.',
    '50',
  ),
  WEBSOCKET_LIMIT_PER_IP: variable(
    integer(0, 1_000_000),
    'WebSockets of one IPv4 address or IPv6 /64 at one instance; 0 means no limit.',
    '1000',
  ),
  TRUSTED_PROXIES: variable(
    z
      .string()
      .transform((text) => (text === 'none' ? [] : list(text)))
      .refine(isProxyList, 'must be addresses, subnets, loopback, linklocal or uniquelocal'),
    'Whose X-Forwarded-For is believed: addresses, subnets, loopback, linklocal or uniquelocal.',
    'none',
  ),
  MESSAGE_LIMIT: variable(
    integer(1024, 16 * MEBIBYTE),
    'The longest request body and WebSocket message, in bytes.',
    '100000',
  ),
  DOCUMENT_TOKEN_LIMIT: variable(
    integer(1, 1_000_000),
    'The most tokens that a GraphQL document may have.',
    '1000',
  ),
  OPERATION_DEPTH_LIMIT: variable(
    integer(1, 1000),
    'The most levels of fields that an operation may have.',
    '10',
  ),
  OPERATION_COST_LIMIT: variable(
    integer(1, 1_000_000_000),
    'The most fields that an operation may ask for, each one in a page counted as often as the page may hold it.',
    '10000',
  ),
  OPERATION_ALIAS_LIMIT: variable(
    integer(0, 10_000),
    'The most aliases that an operation may have.',
    '15',
  ),
  OPERATION_DIRECTIVE_LIMIT: variable(
    integer(0, 10_000),
    'The most directives that an operation may have.',
    '20',
  ),
  INTROSPECTION: optional(
    truth,
    'Whether clients may ask for the schema, and are told what a misspelt name may have meant. Default: ' +
      'true, and false with NODE_ENV=production.',
  ),
  GRAPHIQL: optional(
    truth,
    'Whether browsers that come to the API are shown GraphiQL. Default: as INTROSPECTION, which it needs.',
  ),
  SESSIONS_PAGE: variable(
    truth,
    'Whether there is a page at /sessions where people see and end their sessions.',
    'true',
  ),
  SHUTDOWN_DELAY: variable(
    duration(),
    'How long to go on serving after the signal to stop, with /readyz at 503, until load balancers have ' +
      'turned away.',
    '0',
  ),
  SHUTDOWN_TIMEOUT: variable(
    duration(),
    'How long requests under way may take to finish after that.',
    '10s',
  ),
  LOG_LEVEL: variable(
    z.enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'must be fatal, error, warn, info, debug or silent',
    ),
    'The least severe entries to log.',
    'info',
  ),
  NODE_ENV: variable(
    z.string(),
    'With production, SESSION_KEYS is required, and INTROSPECTION is off unless set.',
    'development',
  ),
} as const;
