import { types } from 'node:util';
import * as v from 'valibot';
import type { ReportError } from '../graphql/errors.js';
import type { RpcOptions } from '../rpc/eth-call.js';
import type { Audit } from '../session/audit.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../session/audit-log/policy.js';
import type { Clock } from '../session/clock.js';
import { SHORTEST_SECRET, type SecretKey } from '../session/key-ring.js';
import { DEFAULT_SESSION_POLICY, WHEN_FULL, type SessionPolicy } from '../session/policy.js';
import type { RateLimitPolicy } from '../session/rate-limit.js';
import { walletIdOf, type Wallet, type WalletIdentity } from '../session/wallet.js';
import { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from '../sign-in/policy.js';
import type { VerifySignature } from '../sign-in/signature.js';
import { parseWalletId } from '../sign-in/wallet-id.js';
import type { OpenStore } from '../stores/open-store.js';
import type { WalletSessionsHooks, WalletSessionsOptions } from './wallet-sessions.js';

/**
 * Reads the options of an application, which no compiler may have seen, and puts the defaults where nothing is given.
 * @throws RangeError for a figure that is too small, or not whole; TypeError for anything else that is not what it
 * must be, and for a name that no option has. Each names the option.
 */
export function readOptions(options: unknown): v.InferOutput<typeof OPTIONS> {
  const { success, output, issues } = v.safeParse(OPTIONS, options);
  if (success) return output;
  // What is misspelt may be why something is missing.
  const issue = issues.find(isUnknownName) ?? issues[0];
  const path = pathOf(isUnknownName(issue) ? issue.path?.slice(0, -1) : issue.path);
  // Values other than figures are not repeated: one may be a secret.
  const message = `${path === '' ? 'createWalletSessions' : path} ${issue.message}.`;
  throw FIGURE_ISSUES.has(issue.type) ? new RangeError(message) : new TypeError(message);
}

type Issue = v.BaseIssue<unknown>;

function isUnknownName({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never';
}

/** As one would write it in JavaScript: `keys[0].secret`. */
function pathOf(path: readonly { readonly key: unknown }[] = []): string {
  const steps = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return steps.join('').replace(/^\./, '');
}

/** Options by their names, and no others: one that is misspelt would be missed by nobody. */
function group<Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.pipe(
    v.any(),
    v.check(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      `must be an object, of ${names}`,
    ),
    v.strictObject(
      entries,
      messageOf(entries, (issue) => `has no ${nameIn(issue)}: there are ${names}`),
    ),
  );
}

const nameIn = ({ path }: Issue) => String(path?.at(-1)?.key);

/** Of an entry that is missing, an object says what the entry itself says of `undefined`. */
function messageOf(entries: v.ObjectEntries, otherwise: (issue: Issue) => string) {
  return (issue: Issue): string => {
    const isMissing = issue.expected === `"${nameIn(issue)}"`;
    const entry = isMissing ? entries[nameIn(issue)] : undefined;
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? otherwise(issue);
  };
}

function oneOrMore<Item extends v.GenericSchema>(item: Item, message: string) {
  return v.pipe(
    v.array(item, message),
    v.nonEmpty(message),
    v.transform((items) => items as [v.InferOutput<Item>, ...v.InferOutput<Item>[]]),
  );
}

const FIGURE_ISSUES: ReadonlySet<string> = new Set(['number', 'safe_integer', 'min_value']);

function whole(least: number, unit = 'number') {
  const message = ({ input }: Issue) =>
    `is ${String(input)}, but must be a whole ${unit}, at least ${least}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message));
}

const milliseconds = (least: number) => whole(least, 'number of milliseconds');

const callable = <Value>() =>
  v.custom<Value>((value) => typeof value === 'function', 'must be a function');

const text = v.string('must be a text');

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
  url: text,
  timeout: v.optional(milliseconds(1)),
} satisfies Record<keyof RpcOptions, v.GenericSchema>;

/** An object that may have other entries as well, which are left alone. */
function open<Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  return v.object(
    entries,
    messageOf(entries, () => message),
  );
}

const rate = v.pipe(
  group({ acts: whole(0), window: milliseconds(0) }),
  v.check(
    ({ acts, window }) => acts === 0 || (window > 0 && window % 1000 === 0),
    'must have a window of whole seconds, in milliseconds',
  ),
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

function isOpenStore(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sessions' in value && 'close' in value;
}

const OPTIONS = group({
  store: v.custom<OpenStore>(
    isOpenStore,
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
      challenge: group({ network: rate }),
      signIn: group({ network: rate, wallet: rate }),
      refresh: group({ network: rate, wallet: rate }),
    } satisfies Record<keyof RateLimitPolicy, v.GenericSchema>),
  ),
  trustedProxies: v.optional(v.array(text, 'must be a list of addresses and subnets'), []),
  rpcs: v.optional(
    v.array(open(RPC, 'must be { chainId, url }'), 'must be a list of { chainId, url }'),
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
  audit: v.optional(callable<Audit>()),
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
  clock: v.optional(v.custom<Clock>((value) => typeof value === 'object', 'must be a clock')),
} satisfies Record<keyof WalletSessionsOptions, v.GenericSchema>);
