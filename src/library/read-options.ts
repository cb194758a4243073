import { types } from 'node:util';
import * as v from 'valibot';
import type { ReportError } from '../graphql/errors.js';
import {
  callable,
  group,
  having,
  milliseconds,
  oneOrMore,
  open,
  readOptionsOf,
  text,
  whole,
} from '../options.js';
import { isProxyList, PROXY_LIST } from '../request/trusted-proxies.js';
import type { RpcOptions } from '../rpc/eth-call.js';
import { isRpcUrl, RPC_URL } from '../rpc/rpc-url.js';
import type { AuditEvent } from '../session/audit.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../session/audit-log/policy.js';
import type { Clock } from '../session/clock.js';
import { SHORTEST_SECRET, type SecretKey } from '../session/key-ring.js';
import { DEFAULT_SESSION_POLICY, WHEN_FULL, type SessionPolicy } from '../session/policy.js';
import { DEFAULT_RATE_LIMITS, type Rate, type RateLimitPolicy } from '../session/rate-limit.js';
import { walletIdOf, type Wallet, type WalletIdentity } from '../session/wallet.js';
import { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from '../sign-in/policy.js';
import type { VerifySignature } from '../sign-in/signature.js';
import { parseWalletId } from '../sign-in/wallet-id.js';
import type { OpenStore } from '../stores/open-store.js';
import type { WalletSessionsHooks, WalletSessionsOptions } from './wallet-sessions.js';

/**
 * Reads the options of `createWalletSessions`, with their defaults.
 * @throws RangeError and TypeError as `readOptionsOf` does
 */
export function readOptions(options: unknown): v.InferOutput<typeof OPTIONS> {
  return readOptionsOf('createWalletSessions', OPTIONS, options);
}

const chainId = whole(1);

const KEY = {
  id: text,
  // The class of a Buffer from elsewhere may be another one.
  secret: v.custom<SecretKey['secret']>(
    (value) => types.isUint8Array(value),
    `must be ${SHORTEST_SECRET} bytes or more, as a Buffer or Uint8Array`,
  ),
} satisfies Record<keyof SecretKey, v.GenericSchema>;

const RPC = {
  chainId,
  url: v.pipe(text, v.check(isRpcUrl, `must be a ${RPC_URL}`)),
  timeout: v.optional(milliseconds(1)),
} satisfies Record<keyof RpcOptions, v.GenericSchema>;

const rate = (otherwise: Rate) =>
  v.optional(
    v.pipe(
      group({ acts: whole(0), window: milliseconds(0) }),
      v.check(
        ({ acts, window }) => acts === 0 || (window > 0 && window % 1000 === 0),
        'must have a window of whole seconds, in milliseconds',
      ),
    ),
    otherwise,
  );

const WALLET =
  'must be an address (checksummed or in one case), or for a contract { wallet, contractChainId } or eip155:1:0x…';

const wallet = v.pipe(
  v.union([text, v.looseObject({ wallet: text })], WALLET),
  v.rawTransform<string | { wallet: string }, WalletIdentity>(({ dataset, addIssue, NEVER }) => {
    const identity = parseWalletId(walletIdOf(dataset.value as Wallet));
    if (identity !== undefined) return identity;
    addIssue({ message: WALLET });
    return NEVER;
  }),
);

const OPTIONS = group({
  store: having<OpenStore>(
    ['sessions', 'close'],
    'must be an open store: openEmbeddedStore(…), or with await, openRedisStore(…)',
  ),
  keys: oneOrMore(
    open(KEY, 'must be a key, { id, secret }'),
    'must be a list of keys, { id, secret }, one or more',
  ),
  origins: oneOrMore(text, 'must be a list of origins, like ["https://app.example.com"]'),
  cookies: v.optional(
    v.union([v.boolean(), group({ origins: v.array(text) })], 'must be true, false or { origins }'),
    false,
  ),
  signIn: v.optional(
    group({
      chainIds: v.optional(oneOrMore(chainId, 'must be a list of EIP-155 chain ids, one or more'), [
        ...DEFAULT_SIGN_IN_POLICY.chainIds,
      ]),
      statement: v.optional(text, DEFAULT_SIGN_IN_POLICY.statement),
      challengeTimeout: v.optional(milliseconds(1000), DEFAULT_SIGN_IN_POLICY.challengeTimeout),
      clockTolerance: v.optional(milliseconds(0), DEFAULT_SIGN_IN_POLICY.clockTolerance),
    } satisfies Record<Exclude<keyof SignInPolicy, 'origins'>, v.GenericSchema>),
    {},
  ),
  sessions: v.optional(
    group({
      timeout: v.optional(milliseconds(1000), DEFAULT_SESSION_POLICY.timeout),
      refreshWindow: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.refreshWindow),
      absoluteTimeout: v.optional(milliseconds(1000), DEFAULT_SESSION_POLICY.absoluteTimeout),
      refreshGrace: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.refreshGrace),
      limit: v.optional(whole(0), DEFAULT_SESSION_POLICY.limit),
      whenFull: v.optional(
        v.picklist(WHEN_FULL, `must be ${WHEN_FULL.join(' or ')}`),
        DEFAULT_SESSION_POLICY.whenFull,
      ),
      lastSeenInterval: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.lastSeenInterval),
      freshWindow: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.freshWindow),
    } satisfies Record<keyof SessionPolicy, v.GenericSchema>),
    {},
  ),
  rateLimits: v.optional(
    group({
      challenge: v.optional(group({ network: rate(DEFAULT_RATE_LIMITS.challenge.network) }), {}),
      signIn: v.optional(
        group({
          network: rate(DEFAULT_RATE_LIMITS.signIn.network),
          wallet: rate(DEFAULT_RATE_LIMITS.signIn.wallet),
        }),
        {},
      ),
      refresh: v.optional(
        group({
          network: rate(DEFAULT_RATE_LIMITS.refresh.network),
          session: rate(DEFAULT_RATE_LIMITS.refresh.session),
        }),
        {},
      ),
      logout: v.optional(group({ session: rate(DEFAULT_RATE_LIMITS.logout.session) }), {}),
    } satisfies Record<keyof RateLimitPolicy, v.GenericSchema>),
    {},
  ),
  trustedProxies: v.optional(
    v.pipe(
      v.array(text, 'must be a list of addresses and subnets'),
      v.check(isProxyList, PROXY_LIST),
    ),
    [],
  ),
  rpcs: v.optional(
    v.pipe(
      v.array(open(RPC, 'must be { chainId, url }'), 'must be a list of { chainId, url }'),
      v.check(
        (rpcs) => new Set(rpcs.map(({ chainId }) => chainId)).size === rpcs.length,
        'must not have two nodes for one chain',
      ),
    ),
    [],
  ),
  hooks: v.optional(
    v.objectWithRest(
      {
        linkUser: v.optional(callable()),
        onSignIn: v.optional(callable()),
        onSessionCreated: v.optional(callable()),
        onRefreshed: v.optional(callable()),
        onRevoked: v.optional(callable()),
      } satisfies Record<keyof WalletSessionsHooks, v.GenericSchema>,
      // What else an object has that is made of a class is its own affair, unless it can be called.
      v.custom((value) => typeof value !== 'function', 'is no hook that there is'),
      'must be an object of hooks',
    ),
  ),
  audit: v.optional(callable<(event: AuditEvent) => unknown>()),
  auditLog: v.optional(
    group({
      size: v.optional(whole(0), DEFAULT_AUDIT_LOG_POLICY.size),
      sizePerWallet: v.optional(whole(0), DEFAULT_AUDIT_LOG_POLICY.sizePerWallet),
      retention: v.optional(milliseconds(1000), DEFAULT_AUDIT_LOG_POLICY.retention),
    } satisfies Record<keyof AuditLogPolicy, v.GenericSchema>),
    {},
  ),
  administrators: v.optional(v.array(wallet, 'must be a list of wallets'), []),
  report: v.optional(callable<ReportError>()),
  nearCacheSize: v.optional(whole(0)),
  verifySignature: v.optional(callable<VerifySignature>()),
  clock: v.optional(having<Clock>(['now', 'schedule'], 'must be a clock, { now, schedule }')),
} satisfies Record<keyof WalletSessionsOptions, v.GenericSchema>);
