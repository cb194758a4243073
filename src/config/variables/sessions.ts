import * as v from 'valibot';
import { LIMIT_POLICIES } from '../../sessions/policy.js';
import { duration, integer, list, origins, rate } from '../parsers.js';
import { variable, optional } from '../variable.js';
import { isRpcUrl } from '../../sign-in/ethereum/rpc/json-rpc.js';
import { isStatement } from '../../sign-in/ethereum/message.js';

/** Milliseconds: shorter, and the proofs of the near-cache would cost more than it saves. */
const MIN_BOUND = 100;

/** How long sessions live, how many there are, and what is kept of them in memory. */
export const SESSIONS_VARIABLES = {
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
    v.picklist(LIMIT_POLICIES, `must be ${LIMIT_POLICIES.join(' or ')}`),
    'What a sign-in over the limit does: end-next-to-expire (as a rule, the session unused for longest) or refuse-new.',
    'end-next-to-expire',
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
    v.pipe(
      duration(),
      v.check(
        (bound) => bound === 0 || bound >= MIN_BOUND,
        'must be 0 or a duration of at least 100ms',
      ),
    ),
    'How long a session ended elsewhere can still pass, should the word of its end get lost on the way ' +
      'from Redis; 0 keeps none in memory. As a rule the word is there far sooner.',
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

/** Which wallets may sign in, and with what message. */
export const SIGN_IN_VARIABLES = {
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
    v.pipe(
      v.string(),
      v.maxLength(200, 'must have at most 200 characters'),
      v.check(isStatement, 'must be one line of ASCII without " % < > \\ ^ ` { | } (EIP-4361)'),
    ),
    'The sentence that the wallet shows its owner.',
    'Sign in with your wallet. This costs nothing and sends no transaction.',
  ),
  CHALLENGE_TIMEOUT: variable(duration(1000), 'How long a challenge can be answered.', '5m'),
  RPC_URLS: optional(
    rpcUrls,
    'The JSON-RPC of each chain on which wallets that are contracts may sign in, separated by commas: ' +
      '1=https://rpc.example.com. On other chains they may not.',
  ),
  WALLET_VERIFICATION_TIMEOUT: variable(
    duration(100),
    'How long a call to an RPC may take, and how long it may wait for its turn, before the answer is WALLET_VERIFICATION_UNAVAILABLE.',
    '5s',
  ),
} as const;

/** How often one address, one wallet and one session may do what costs work. */
export const RATE_LIMITS_VARIABLES = {
  RATE_LIMIT_CHALLENGE_PER_IP: variable(
    rate,
    'How many challenges an IPv4 address or IPv6 /64 may ask for: so many in so long, or none for no limit.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may fail to sign in, have a contract verified, and sign in with wallets that have no session: each of the three.',
    '60/1m',
  ),
  RATE_LIMIT_SIGN_IN_PER_WALLET: variable(
    rate,
    'How often a wallet may sign in; what others try in its name does not count.',
    '30/10m',
  ),
  RATE_LIMIT_REFRESH_PER_IP: variable(
    rate,
    'How often an IPv4 address or IPv6 /64 may present a refresh token that is invalid. Valid ones count for their session.',
    '300/1m',
  ),
  RATE_LIMIT_REFRESH_PER_SESSION: variable(rate, 'How often a session may be refreshed.', '60/1m'),
  RATE_LIMIT_DOCUMENTS_PER_IP: variable(
    rate,
    'How many GraphQL documents that the instance has not validated before an IPv4 address or IPv6 /64 may send. ' +
      'Clients that pass values as variables repeat the same few documents.',
    '600/1m',
  ),
  RATE_LIMIT_LOGOUT_PER_SESSION: variable(
    rate,
    'How often a session may end others of its wallet. It can always end itself.',
    '20/1m',
  ),
} as const;
