import * as v from 'valibot';
import { LIMIT_POLICIES } from '../../sessions/policy.js';
import { duration, integer, list, origins, rate } from '../parsers.js';
import { variable, optional } from '../variable.js';
import { isRpcUrl } from '../../sign-in/ethereum/rpc/json-rpc.js';
import { isStatement } from '../../sign-in/ethereum/message.js';

/** Milliseconds. With a shorter bound, the near-cache’s probes would cost more than the cache saves. */
const MIN_BOUND = 100;

/** Timeouts and limits of sessions, and the near-cache. */
export const SESSIONS_VARIABLES = {
  SESSION_TIMEOUT: variable(
    duration(1000),
    'The idle timeout: a session expires after this time without a refresh.',
    '2h',
  ),
  SESSION_REFRESH_WINDOW: variable(
    duration(),
    'The time before the idle timeout in which a client should refresh.',
    '30m',
  ),
  SESSION_ABSOLUTE_TIMEOUT: variable(
    duration(1000),
    'The absolute timeout: a session expires after this time even if it is refreshed.',
    '30d',
  ),
  SESSION_REFRESH_GRACE: variable(
    duration(),
    'How long a repeated refresh returns the same tokens, unless the new refresh token has been used. A later one ends the session, unless the new tokens were never used: then others replace them. 0 makes every repetition end the session.',
    '30s',
  ),
  SESSION_LIMIT: variable(
    integer(0, 10_000),
    'Maximum number of concurrent sessions per wallet; 0 means no limit.',
    '10',
  ),
  SESSION_LIMIT_POLICY: variable(
    v.picklist(LIMIT_POLICIES, `must be ${LIMIT_POLICIES.join(' or ')}`),
    'What happens to a sign-in over SESSION_LIMIT: end-next-to-expire ends the session that would expire next, usually the one unused for longest; refuse-new refuses the sign-in.',
    'end-next-to-expire',
  ),
  SESSION_LAST_SEEN_INTERVAL: variable(
    duration(1000),
    'Minimum interval between two updates of the time when a session was last seen.',
    '1m',
  ),
  FRESH_AUTHENTICATION_WINDOW: variable(
    duration(1000),
    'How long after a signature of its wallet a session counts as freshly authenticated.',
    '5m',
  ),
  NEAR_CACHE_SIZE: variable(
    integer(0, 10_000_000),
    'Maximum number of validated sessions that are cached in memory, so that requests need not read the store; 0 disables the cache.',
    '50000',
  ),
  NEAR_CACHE_BOUND: variable(
    v.pipe(
      duration(),
      v.check(
        (bound) => bound === 0 || bound >= MIN_BOUND,
        'must be 0 or a duration of at least 100ms',
      ),
    ),
    'How long an instance may still accept a session that another instance has ended, if the invalidation from ' +
      'Redis is lost; 0 disables the near-cache. Invalidations usually arrive within milliseconds.',
    '1s',
  ),
} as const;

const chainIds = v.pipe(
  v.string(),
  v.transform(list),
  v.check(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}$/.test(item)),
    'must be EIP-155 chain ids, separated by commas',
  ),
  v.mapItems(Number),
);

const rpcUrls = v.pipe(
  v.string(),
  v.transform(list),
  v.check(
    (items) => items.length > 0 && items.every((item) => /^[1-9]\d{0,14}=/.test(item)),
    'must be like 1=https://rpc.example.com, separated by commas',
  ),
  v.mapItems(readRpcUrl),
  v.everyItem(({ url }) => isRpcUrl(url), 'must have http:// or https:// URLs without a user name'),
  v.check(
    (rpcs) => new Set(rpcs.map(({ chainId }) => chainId)).size === rpcs.length,
    'must not have two URLs for one chain',
  ),
);

function readRpcUrl(item: string): { chainId: number; url: string } {
  const separator = item.indexOf('=');
  return { chainId: Number(item.slice(0, separator)), url: item.slice(separator + 1) };
}

/** Origins, chains and messages of sign-ins. */
export const SIGN_IN_VARIABLES = {
  SIGN_IN_ORIGINS: optional(
    origins,
    'The web origins whose pages may request sign-ins, separated by commas. Default: localhost and 127.0.0.1 at PORT.',
  ),
  SIGN_IN_CHAIN_IDS: variable(
    chainIds,
    'EIP-155 ids of the chains on which wallets may sign in, separated by commas; the first one is the default.',
    '1',
  ),
  SIGN_IN_STATEMENT: variable(
    v.pipe(
      v.string(),
      v.maxLength(200, 'must have at most 200 characters'),
      v.check(isStatement, 'must be one line of ASCII without " % < > \\ ^ ` { | } (EIP-4361)'),
    ),
    'The statement in the sign-in message, which the wallet shows to its owner.',
    'Sign in with your wallet. This costs nothing and sends no transaction.',
  ),
  CHALLENGE_TIMEOUT: variable(duration(1000), 'How long a challenge is valid.', '5m'),
  RPC_URLS: optional(
    rpcUrls,
    'The JSON-RPC endpoint of each chain on which contract wallets may sign in, separated by commas: ' +
      '1=https://rpc.example.com. On other chains, contract wallets cannot sign in.',
  ),
  WALLET_VERIFICATION_TIMEOUT: variable(
    duration(100),
    'Timeout of a JSON-RPC call, and of its wait in the queue; after that, the answer is WALLET_VERIFICATION_UNAVAILABLE.',
    '5s',
  ),
} as const;

/** Rate limits per IP address, wallet and session. */
export const RATE_LIMITS_VARIABLES = {
  RATE_LIMIT_CHALLENGE_PER_IP: variable(
    rate,
    'Challenges that an IPv4 address or IPv6 /64 may request, as count/window; none means no limit.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_IP: variable(
    rate,
    'Failed sign-ins, contract verifications, and sign-ins of wallets without a session, per IPv4 address or IPv6 /64. Each of the three is counted separately.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_WALLET: variable(
    rate,
    'Sign-ins per wallet. Failed attempts of others in its name do not count.',
    '30/10m',
  ),
  RATE_LIMIT_REFRESH_PER_IP: variable(
    rate,
    'Invalid refresh tokens that an IPv4 address or IPv6 /64 may present. Valid tokens count for their session.',
    '300/1m',
  ),
  RATE_LIMIT_REFRESH_PER_SESSION: variable(rate, 'Refreshes per session.', '60/1m'),
  RATE_LIMIT_DOCUMENTS_PER_IP: variable(
    rate,
    'New GraphQL documents, which the instance has not validated before, per IPv4 address or IPv6 /64. ' +
      'Clients that pass values as variables repeat the same few documents. A document counts once for each 10,000 ' +
      'characters begun; one with more is never kept, so it counts each time.',
    '600/1m',
  ),
  RATE_LIMIT_LOGOUT_PER_SESSION: variable(
    rate,
    'Requests by which a session ends other sessions of its wallet. It can always end itself.',
    '20/1m',
  ),
} as const;
