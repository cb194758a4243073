import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import * as v from 'valibot';
import type { ReportError } from '../graphql/errors.js';
import {
  DEFAULT_KEY_BINDING_POLICY,
  isPublicUrl,
  KEY_BINDING_MODES,
  PUBLIC_URL,
  type KeyBindingPolicy,
} from '../key-binding/policy.js';
import {
  boolean,
  callable,
  strictObject,
  instanceWith,
  milliseconds,
  oneOrMore,
  open,
  readOptionsOf,
  text,
  integer,
  type PartialOptions,
} from '../options.js';
import { isProxyList, PROXY_LIST } from '../http/trusted-proxies.js';
import type { RpcOptions } from '../sign-in/ethereum/rpc/eth-call.js';
import { isRpcUrl, RPC_URL } from '../sign-in/ethereum/rpc/json-rpc.js';
import type { AuditEvent } from '../audit/events.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../audit/policy.js';
import type { Clock } from '../clock.js';
import type { SessionHooks } from '../lifecycle/hooks.js';
import { MIN_SECRET_LENGTH, type SecretKey } from '../sessions/key-ring.js';
import { DEFAULT_SESSION_POLICY, LIMIT_POLICIES, type SessionPolicy } from '../sessions/policy.js';
import {
  DEFAULT_RATE_LIMITS,
  type Rate,
  type RateLimitPolicy,
} from '../rate-limits/rate-limits.js';
import { walletIdOf, type Wallet, type WalletIdentity } from '../accounts/wallet.js';
import type { SignInHooks } from '../sign-in/hooks.js';
import { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from '../sign-in/policy.js';
import type { ObserveVerification, VerifySignature } from '../sign-in/ethereum/signature.js';
import { parseWalletId } from '../accounts/address.js';
import type { OpenStore } from '../stores/open-store.js';

/** Hooks by which an application decides on sign-ins and follows sessions. */
export interface WalletSessionsHooks<Request = IncomingMessage>
  extends SignInHooks<Request>, SessionHooks {}

/** @typeParam Request the type of the requests that the application passes to the context function */
export interface WalletSessionsOptions<Request = IncomingMessage> {
  /** The store of the sessions: from `openRedisStore`, or for a single process from `openEmbeddedStore`. */
  readonly store: OpenStore;
  /**
   * The secrets with which tokens are hashed and sessions encrypted, newest first. All instances need the same keys. To
   * rotate keys, see `docs/operating.md`: first append the new key, then move it to the front.
   */
  readonly keys: readonly SecretKey[];
  /** One or more web origins whose pages may request sign-ins, such as `https://app.example.com`. */
  readonly origins: readonly string[];
  /**
   * Whether browsers get their tokens in `__Host-` cookies, which scripts cannot read. Sessions are then refreshed by
   * the first request in their refresh window, and cookies are accepted only from pages of `origins`, or of the origins
   * given here. Requires origins with `https://` or on localhost, and the response with each request. Default false.
   */
  readonly cookies?: boolean | { readonly origins: readonly string[] } | undefined;
  /** Overrides of {@link DEFAULT_SIGN_IN_POLICY}: chains, statement and timeouts. */
  readonly signIn?: PartialOptions<Omit<SignInPolicy, 'origins'>> | undefined;
  /** Overrides of {@link DEFAULT_SESSION_POLICY}: timeouts in milliseconds, and the limit per wallet. */
  readonly sessions?: PartialOptions<SessionPolicy> | undefined;
  /** Overrides of {@link DEFAULT_KEY_BINDING_POLICY}: sessions that are bound to keys of their clients (DPoP, RFC 9449). */
  readonly keyBinding?: PartialOptions<KeyBindingPolicy> | undefined;
  /** Overrides of {@link DEFAULT_RATE_LIMITS}: limits per IP address, wallet and session. */
  readonly rateLimits?:
    | { readonly [Act in keyof RateLimitPolicy]?: PartialOptions<RateLimitPolicy[Act]> | undefined }
    | undefined;
  /**
   * Proxies whose `X-Forwarded-For` header is trusted: addresses, subnets, `loopback`, `linklocal` or `uniquelocal`.
   * Default none. For requests of Express, its `trust proxy` setting applies instead.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * JSON-RPC endpoints of the chains on which contract wallets may sign in (EIP-1271, EIP-6492). Default none. The
   * chains must be in `signIn.chainIds`. A contract is a different wallet on each chain (`session.contractChainId`):
   * identify users by `walletIdOf(session)`, not by the address alone.
   */
  readonly rpcs?: readonly RpcOptions[] | undefined;
  /** Hooks on sign-ins and sessions. Default none. */
  readonly hooks?: WalletSessionsHooks<Request> | undefined;
  /**
   * Receives each audit event, in addition to the audit log in the store. Its result is not awaited; errors and
   * rejections are reported and have no other effect.
   */
  readonly audit?: ((event: AuditEvent) => unknown) | undefined;
  /** Overrides of {@link DEFAULT_AUDIT_LOG_POLICY}: size and retention of the audit log. */
  readonly auditLog?: PartialOptions<AuditLogPolicy> | undefined;
  /**
   * Wallets with administrator rights, with an EIP-55 checksum or in one case. Default none. An address means an account
   * with a key; a contract wallet needs its chain: `{ wallet, contractChainId }` or `eip155:1:0x…`.
   */
  readonly administrators?: readonly (WalletIdentity | string)[] | undefined;
  /**
   * Receives background errors. Retried work reports only the first of consecutive failures. Must not throw. Default:
   * `console.error`.
   */
  readonly report?: ReportError | undefined;
  /** Maximum number of validated sessions that are cached in memory; 0 disables the cache. Default 50,000. */
  readonly nearCacheSize?: number | undefined;
  /** Verifies signatures of accounts with a key. Default {@link createAccountVerifier}. */
  readonly verifySignature?: VerifySignature | undefined;
  /** Wraps the verification of signatures, for metrics of an application. Default none. */
  readonly observeVerification?: ObserveVerification | undefined;
  /** The source of time, for tests. Default: the clock of the store, which all instances share. */
  readonly clock?: Clock | undefined;
}

/**
 * Validates the options of `createWalletSessions` and applies defaults.
 * @throws RangeError and TypeError like `readOptionsOf`
 */
export function readOptions(options: unknown): v.InferOutput<typeof OPTIONS> {
  return readOptionsOf('createWalletSessions', OPTIONS, options);
}

const chainId = integer(1);

const KEY = {
  id: text,
  // `instanceof` fails for a Buffer of another realm.
  secret: v.custom<SecretKey['secret']>(
    (value) => types.isUint8Array(value),
    `must be ${MIN_SECRET_LENGTH} bytes or more, as a Buffer or Uint8Array`,
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
      strictObject({ acts: integer(0), window: milliseconds(0) }),
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

const OPTIONS = strictObject({
  store: instanceWith<OpenStore>(
    ['sessions', 'close'],
    'must be an open store: openEmbeddedStore(…), or with await, openRedisStore(…)',
  ),
  keys: oneOrMore(
    open(KEY, 'must be a key, { id, secret }'),
    'must be a list of keys, { id, secret }, one or more',
  ),
  origins: oneOrMore(text, 'must be a list of origins, like ["https://app.example.com"]'),
  cookies: v.optional(
    v.union(
      [v.boolean(), strictObject({ origins: v.array(text) })],
      'must be true, false or { origins }',
    ),
    false,
  ),
  signIn: v.optional(
    strictObject({
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
    strictObject({
      timeout: v.optional(milliseconds(1000), DEFAULT_SESSION_POLICY.timeout),
      refreshWindow: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.refreshWindow),
      absoluteTimeout: v.optional(milliseconds(1000), DEFAULT_SESSION_POLICY.absoluteTimeout),
      refreshGrace: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.refreshGrace),
      limit: v.optional(integer(0), DEFAULT_SESSION_POLICY.limit),
      onLimit: v.optional(
        v.picklist(LIMIT_POLICIES, `must be ${LIMIT_POLICIES.join(' or ')}`),
        DEFAULT_SESSION_POLICY.onLimit,
      ),
      lastSeenInterval: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.lastSeenInterval),
      freshWindow: v.optional(milliseconds(0), DEFAULT_SESSION_POLICY.freshWindow),
    } satisfies Record<keyof SessionPolicy, v.GenericSchema>),
    {},
  ),
  keyBinding: v.optional(
    strictObject({
      mode: v.optional(
        v.picklist(KEY_BINDING_MODES, `must be ${KEY_BINDING_MODES.join(', ')}`),
        DEFAULT_KEY_BINDING_POLICY.mode,
      ),
      publicUrls: v.optional(
        v.pipe(
          oneOrMore(text, 'must be a list of URLs, like ["https://auth.example.com"]'),
          v.everyItem(isPublicUrl, PUBLIC_URL),
        ),
      ),
      proofLifetime: v.optional(milliseconds(1000), DEFAULT_KEY_BINDING_POLICY.proofLifetime),
      requireNonce: v.optional(boolean, DEFAULT_KEY_BINDING_POLICY.requireNonce),
      sharedReplayDetection: v.optional(boolean, DEFAULT_KEY_BINDING_POLICY.sharedReplayDetection),
    } satisfies Record<keyof KeyBindingPolicy, v.GenericSchema>),
    {},
  ),
  rateLimits: v.optional(
    strictObject({
      challenge: v.optional(
        strictObject({ network: rate(DEFAULT_RATE_LIMITS.challenge.network) }),
        {},
      ),
      signIn: v.optional(
        strictObject({
          network: rate(DEFAULT_RATE_LIMITS.signIn.network),
          wallet: rate(DEFAULT_RATE_LIMITS.signIn.wallet),
        }),
        {},
      ),
      refresh: v.optional(
        strictObject({
          network: rate(DEFAULT_RATE_LIMITS.refresh.network),
          session: rate(DEFAULT_RATE_LIMITS.refresh.session),
        }),
        {},
      ),
      logout: v.optional(strictObject({ session: rate(DEFAULT_RATE_LIMITS.logout.session) }), {}),
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
      // An object of a class may have other properties, but no unknown functions.
      v.custom((value) => typeof value !== 'function', 'is no hook that there is'),
      'must be an object of hooks',
    ),
  ),
  audit: v.optional(callable<(event: AuditEvent) => unknown>()),
  auditLog: v.optional(
    strictObject({
      size: v.optional(integer(0), DEFAULT_AUDIT_LOG_POLICY.size),
      sizePerWallet: v.optional(integer(0), DEFAULT_AUDIT_LOG_POLICY.sizePerWallet),
      retention: v.optional(milliseconds(1000), DEFAULT_AUDIT_LOG_POLICY.retention),
    } satisfies Record<keyof AuditLogPolicy, v.GenericSchema>),
    {},
  ),
  administrators: v.optional(v.array(wallet, 'must be a list of wallets'), []),
  report: v.optional(callable<ReportError>()),
  nearCacheSize: v.optional(integer(0)),
  verifySignature: v.optional(callable<VerifySignature>()),
  observeVerification: v.optional(callable<ObserveVerification>()),
  clock: v.optional(instanceWith<Clock>(['now', 'schedule'], 'must be a clock, { now, schedule }')),
} satisfies Record<keyof WalletSessionsOptions, v.GenericSchema>);
