import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import * as v from 'valibot';
import { parseAccountId, readChainId, type AccountId } from '../accounts/account-id.js';
import type { Namespace } from '../accounts/namespace.js';
import { accountIdOf, type Wallet } from '../accounts/wallet.js';
import type { AuditEvent } from '../audit/events.js';
import { AUDIT_LOG_SETTINGS } from '../audit/policy.js';
import { IDENTITY_TOKEN_SETTINGS } from '../identity-tokens/policy.js';
import { DEVICE_BINDING_SETTINGS, KEY_BINDING_SETTINGS } from '../key-binding/policy.js';
import { clockType } from '../clock.js';
import type { ReportError } from '../graphql/errors.js';
import { proxies } from '../http/client-address.js';
import type { SessionHooks } from '../lifecycle/hooks.js';
import type { DescribePlace } from '../lifecycle/places.js';
import {
  openObject,
  optional,
  readOptionsOf,
  required,
  strictObject,
  withDefault,
  type OptionsOf,
  type SettingType,
  type ValuesOf,
} from '../options.js';
import {
  callable,
  instanceWith,
  integer,
  list,
  objectOf,
  oneOrMore,
  text,
  webUrl,
  value,
} from '../setting-types.js';
import { RATE_LIMIT_SETTINGS } from '../rate-limits/rate-limits.js';
import { MIN_SECRET_LENGTH, type SecretKey } from '../sessions/key-ring.js';
import { SESSION_SETTINGS } from '../sessions/policy.js';
import { RPC_SETTINGS } from '../sign-in/ethereum/rpc/eth-call.js';
import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import type { VerifySignature, WalletKind } from '../sign-in/kind.js';
import type { SignInHooks } from '../sign-in/hooks.js';
import { origins, SIGN_IN_SETTINGS } from '../sign-in/policy.js';
import type { OpenStore } from '../stores/open-store.js';
import { contradictionsIn } from './contradictions.js';

/**
 * Hooks by which an application decides on sign-ins and follows sessions.
 * @example
 * ```ts
 * const hooks: WalletSessionsHooks<express.Request> = {
 *   linkUser: ({ request }) => request && userIdOf(request),
 *   onRevoked: ({ wallet, reason }) => notify(wallet, reason),
 * };
 * ```
 */
export interface WalletSessionsHooks<Request = IncomingMessage>
  extends SignInHooks<Request>, SessionHooks {}

const key: SettingType<SecretKey> = value(
  'SecretKey',
  openObject(
    {
      id: text.schema,
      // `instanceof` fails for a Buffer of another realm.
      secret: v.custom<SecretKey['secret']>(
        (given) => types.isUint8Array(given),
        `must be ${MIN_SECRET_LENGTH} bytes or more, as a Buffer or Uint8Array`,
      ),
    } satisfies Record<keyof SecretKey, v.GenericSchema>,
    'must be a key, { id, secret }',
  ),
);

const cookies = value(
  'boolean or { origins }',
  v.union(
    [v.boolean(), strictObject({ origins: origins.schema })],
    'must be true, false or { origins }',
  ),
);

const rpcs = listOfRpcs();

function listOfRpcs() {
  const rpc = objectOf(RPC_SETTINGS, 'RpcOptions', 'must be { chainId, url }');
  const { form, schema } = list(rpc, '{ chainId, url }');
  return {
    form,
    schema: v.pipe(
      schema,
      v.check(
        (all) => new Set(all.map(({ chainId }) => chainId)).size === all.length,
        'must not have two nodes for one chain',
      ),
    ),
  };
}

const wallet = walletInText();

function walletInText(): SettingType<AccountId, Wallet> {
  const message =
    'must be a CAIP-10 account id: eip155:0:0x… for an EOA, eip155:1:0x… for a contract wallet on chain 1';
  const schema = v.pipe(
    v.union([v.string(), v.looseObject({ wallet: v.string() })], message),
    v.rawTransform<string | { wallet: string }, AccountId>(({ dataset, addIssue, NEVER }) => {
      const account = parseAccountId(accountIdOf(dataset.value as Wallet));
      if (account !== undefined) return account;
      addIssue({ message });
      return NEVER;
    }),
  );
  return {
    form: text.form,
    schema: schema as unknown as v.GenericSchema<Wallet, AccountId>,
  };
}

const kind = value<WalletKind>(
  'WalletKind',
  v.custom<WalletKind>(
    isKind,
    'must be a kind of wallet, { namespace, recognizes, parse, write, verify }, whose namespace is ' +
      '{ name, readReference, readAddress }',
  ),
);

/** Looks at the object itself: it may be an instance of a class. */
function isKind(given: unknown): boolean {
  const { namespace, recognizes, parse, write, verify } = (given ?? {}) as Partial<WalletKind>;
  const { name, readReference, readAddress } = namespace ?? ({} as Partial<Namespace>);
  const functions = [recognizes, parse, write, verify, readReference, readAddress];
  return typeof name === 'string' && functions.every((member) => typeof member === 'function');
}

/** The settings of `createWalletSessions`, except for its hooks. */
export const WALLET_SESSIONS_SETTINGS = {
  /** The store of the sessions: from `openRedisStore`, or for a single process from `openEmbeddedStore`. */
  store: required(
    instanceWith<OpenStore>(
      'OpenStore',
      ['sessions', 'close'],
      'must be an open store: openEmbeddedStore(…), or with await, openRedisStore(…)',
    ),
  ),
  /**
   * The service’s secrets, newest first, with which tokens are hashed and sessions encrypted. All instances need the same
   * keys. To rotate keys, see `docs/operating.md`: first append the new key, then move it to the front.
   */
  keys: required(oneOrMore(key, 'keys, { id, secret }')),
  /** The web origins whose pages may request sign-ins. */
  origins: required(origins),
  /**
   * Whether browsers get their tokens in HttpOnly cookies, which scripts cannot read. Sessions are then refreshed
   * automatically.
   */
  cookies: withDefault(false, cookies),
  /** Chains, statement and timeouts of sign-ins. */
  signIn: SIGN_IN_SETTINGS,
  /** Timeouts of sessions, and the limit per wallet. */
  sessions: SESSION_SETTINGS,
  /** Sessions that are bound to keys of their clients (DPoP, RFC 9449). */
  keyBinding: KEY_BINDING_SETTINGS,
  /** Short-lived JWTs that tell other servers who has a session. `origins` begins with their issuer. */
  identityTokens: IDENTITY_TOKEN_SETTINGS,
  /** Sessions in cookies that are bound to the devices of their browsers (DBSC). */
  deviceBinding: DEVICE_BINDING_SETTINGS,
  /** Rate limits per IP address, wallet and session. */
  rateLimits: RATE_LIMIT_SETTINGS,
  /** Proxies whose X-Forwarded-For header is trusted: addresses, subnets, loopback, linklocal or uniquelocal. */
  trustedProxies: withDefault([], proxies),
  /** The JSON-RPC endpoint of each chain on which contract wallets may sign in (EIP-1271, EIP-6492). */
  rpcs: withDefault([], rpcs),
  /**
   * Receives each audit event, in addition to the audit log in the store. Its result is not awaited; errors and
   * rejections are reported and have no other effect.
   */
  audit: optional(callable<(event: AuditEvent) => unknown>('(event: AuditEvent) => unknown')),
  /** Size and retention of the audit log in the store. */
  auditLog: AUDIT_LOG_SETTINGS,
  /**
   * The wallets that may read statistics and all audit events and revoke the sessions of any wallet, as CAIP-10 account ids:
   * eip155:0:0x… for an externally owned account (EOA), eip155:1:0x… for a contract wallet on chain 1.
   */
  administrators: withDefault(
    [],
    list(
      wallet,
      'CAIP-10 account ids: eip155:0:0x… for an EOA, eip155:1:0x… for a contract wallet on chain 1',
    ),
  ),
  /** The URL of the operator's dashboard of metrics, which the administration page links to. Administrators alone see it. */
  dashboardUrl: optional(webUrl),
  /**
   * Describes where an IP address is, such as `Berlin, Germany`, for lists of sessions that their owner or an administrator
   * requests (`Session.place`). Answers are kept for ten minutes. If it fails or takes longer than a second, the place is
   * unknown. It is not called for other requests.
   */
  describePlace: optional(
    callable<DescribePlace>('(ipAddress: string) => string | undefined, or a promise of it'),
  ),
  /**
   * Receives background errors. Retried work reports only the first of consecutive failures. Must not throw. By default,
   * errors are written to `console.error`.
   */
  report: optional(callable<ReportError>('(error: unknown) => void')),
  /**
   * Maximum number of validated sessions that are cached in memory, so that requests need not read the store; 0 disables
   * the cache.
   */
  nearCacheSize: withDefault(50_000, integer(0, 10_000_000)),
  /** Kinds of wallets that may sign in, in addition to those of Ethereum and Solana. */
  kinds: withDefault([], list(kind, 'kinds of wallets')),
  /** Verifies signatures of EOAs. By default, the result of `createAccountVerifier`. */
  verifySignature: optional(callable<VerifySignature>('VerifySignature')),
  /** Wraps the verification of signatures, for metrics of an application. */
  observeVerification: optional(callable<ObserveVerification>('ObserveVerification')),
  /** The source of time, for tests. By default, the clock of the store, which all instances share. */
  clock: optional(clockType),
};

/**
 * Options of {@link createWalletSessions}. `docs/library-options.md` lists them with their defaults and bounds.
 * @typeParam Request the type of the requests that the application passes to the context function
 */
export interface WalletSessionsOptions<Request = IncomingMessage> extends OptionsOf<
  typeof WALLET_SESSIONS_SETTINGS
> {
  /** Hooks on sign-ins and sessions. */
  readonly hooks?: WalletSessionsHooks<Request> | undefined;
}

const hooks = value<WalletSessionsHooks>(
  'WalletSessionsHooks',
  v.objectWithRest(
    {
      linkUser: v.optional(callable('').schema),
      onSignIn: v.optional(callable('').schema),
      onSessionCreated: v.optional(callable('').schema),
      onRefreshed: v.optional(callable('').schema),
      onRevoked: v.optional(callable('').schema),
    } satisfies Record<keyof WalletSessionsHooks, v.GenericSchema>,
    // An object of a class may have other properties, but no unknown functions.
    v.custom((given) => typeof given !== 'function', 'is no hook that there is'),
    'must be an object of hooks',
  ) as unknown as v.GenericSchema<WalletSessionsHooks>,
);

type WalletSessionsValues = ValuesOf<typeof WALLET_SESSIONS_SETTINGS>;

/**
 * Validates the options of `createWalletSessions` and applies defaults.
 * @throws RangeError and TypeError like `readOptionsOf`
 */
export function readOptions(options: unknown): WalletSessionsValues {
  const settings = { ...WALLET_SESSIONS_SETTINGS, hooks: optional(hooks) };
  return readOptionsOf('createWalletSessions', settings, options, contradictionIn);
}

/** The origins whose pages have their sessions in cookies; `undefined` without cookies. */
export function cookieOriginsOf({
  cookies,
  origins,
}: Pick<WalletSessionsValues, 'cookies' | 'origins'>): readonly string[] | undefined {
  if (cookies === false) return undefined;
  return cookies === true ? origins : cookies.origins;
}

const NAMES = {
  timeout: 'sessions.timeout',
  absoluteTimeout: 'sessions.absoluteTimeout',
  cookies: 'cookies',
  deviceBinding: 'deviceBinding.enabled',
  keyBinding: 'keyBinding.mode',
  chainIds: 'signIn.chainIds',
  rpcs: 'rpcs',
} as const;

function contradictionIn(values: WalletSessionsValues): Error | undefined {
  const shared = contradictionsIn({ ...values, cookieOrigins: cookieOriginsOf(values) }, NAMES);
  return shared[0] ?? strangeChainIn(values);
}

/** Messages of a kind of wallet name a chain in its canonical form, so another form would never match. */
function strangeChainIn({ signIn, kinds }: WalletSessionsValues): Error | undefined {
  const namespaces = kinds.map(({ namespace }) => namespace);
  for (const chainId of signIn.chainIds) {
    const canonical = readChainId(chainId, namespaces);
    if (canonical === chainId) continue;
    const says = canonical === undefined ? 'does not know' : `writes as ${canonical}`;
    return new TypeError(`signIn.chainIds names ${chainId}, which its kind of wallet ${says}.`);
  }
  return undefined;
}
