import { types } from 'node:util';
import { z } from 'zod';
import type { ReportError } from '../graphql/errors.js';
import type { RpcOptions } from '../rpc/eth-call.js';
import type { Audit } from '../session/audit.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../session/audit-log/policy.js';
import type { Clock } from '../session/clock.js';
import { SHORTEST_SECRET, type SecretKey } from '../session/key-ring.js';
import { DEFAULT_SESSION_POLICY, WHEN_FULL, type SessionPolicy } from '../session/policy.js';
import type { RateLimitPolicy } from '../session/rate-limit.js';
import { walletIdOf, type Wallet } from '../session/wallet.js';
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
export function readOptions(options: unknown): z.infer<typeof OPTIONS> {
  const { success, data, error } = OPTIONS.safeParse(options);
  if (success) return data;
  const issues = error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
  // What is misspelt may be why something is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = z.core.toDotPath(issue.path);
  // Values other than figures are not repeated: one may be a secret.
  const isFigure = issue.code === 'custom' && issue.params?.['isFigure'] === true;
  const message = `${path === '' ? 'createWalletSessions' : path} ${issue.message}.`;
  throw isFigure ? new RangeError(message) : new TypeError(message);
}

/** Options by their names, and no others: one that is misspelt would be missed by nobody. */
function group<Shape extends z.core.$ZodShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no ${issue.keys.join(', ')}: there are ${names}`
        : `must be an object, of ${names}`,
  });
}

function oneOrMore<Item extends z.ZodType>(item: Item, message: string) {
  return z
    .array(item, message)
    .min(1, message)
    .transform((items) => items as [z.infer<Item>, ...z.infer<Item>[]]);
}

function whole(least: number, unit = 'number') {
  return z.custom<number>((value) => Number.isSafeInteger(value) && Number(value) >= least, {
    error: ({ input }) => `is ${String(input)}, but must be a whole ${unit}, at least ${least}`,
    params: { isFigure: true },
  });
}

const milliseconds = (least: number) => whole(least, 'number of milliseconds');

const callable = <Value>() =>
  z.custom<Value>((value) => typeof value === 'function', 'must be a function');

const text = z.string('must be a text');

const chainId = whole(1);

const key = z.object(
  {
    id: text,
    // The class of a Buffer from elsewhere may be another one.
    secret: z.custom<SecretKey['secret']>(
      (value) => types.isUint8Array(value),
      `must be ${SHORTEST_SECRET} bytes or more, as a Buffer or Uint8Array`,
    ),
  } satisfies Record<keyof SecretKey, z.ZodType>,
  'must be a key, { id, secret }',
);

const rate = group({ acts: whole(0), window: milliseconds(0) }).refine(
  ({ acts, window }) => acts === 0 || (window > 0 && window % 1000 === 0),
  'must have a window of whole seconds, in milliseconds',
);

const WALLET =
  'must be an address (checksummed or in one case), or for a contract { wallet, contractChainId } or eip155:1:0x…';

const wallet = z
  .union([text, z.looseObject({ wallet: text })], WALLET)
  .transform((given, context) => {
    const identity = parseWalletId(walletIdOf(given as Wallet));
    if (identity !== undefined) return identity;
    context.addIssue(WALLET);
    return z.NEVER;
  });

function isOpenStore(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sessions' in value && 'close' in value;
}

const OPTIONS = group({
  store: z.custom<OpenStore>(
    isOpenStore,
    'must be an open store: openEmbeddedStore(…), or with await, openRedisStore(…)',
  ),
  keys: oneOrMore(key, 'must be a list of keys, { id, secret }, one or more'),
  origins: oneOrMore(text, 'must be a list of origins, like ["https://app.example.com"]'),
  cookies: z
    .union([z.boolean(), group({ origins: z.array(text) })], 'must be true, false or { origins }')
    .default(false),
  signIn: group({
    chainIds: oneOrMore(chainId, 'must be a list of EIP-155 chain ids, one or more').default([
      ...DEFAULT_SIGN_IN_POLICY.chainIds,
    ]),
    statement: text.default(DEFAULT_SIGN_IN_POLICY.statement),
    challengeTimeout: milliseconds(1000).default(DEFAULT_SIGN_IN_POLICY.challengeTimeout),
    clockTolerance: milliseconds(0).default(DEFAULT_SIGN_IN_POLICY.clockTolerance),
  } satisfies Record<Exclude<keyof SignInPolicy, 'origins'>, z.ZodType>).prefault({}),
  sessions: group({
    timeout: milliseconds(1000).default(DEFAULT_SESSION_POLICY.timeout),
    refreshWindow: milliseconds(0).default(DEFAULT_SESSION_POLICY.refreshWindow),
    absoluteTimeout: milliseconds(1000).default(DEFAULT_SESSION_POLICY.absoluteTimeout),
    refreshGrace: milliseconds(0).default(DEFAULT_SESSION_POLICY.refreshGrace),
    limit: whole(0).default(DEFAULT_SESSION_POLICY.limit),
    whenFull: z
      .enum(WHEN_FULL, `must be ${WHEN_FULL.join(' or ')}`)
      .default(DEFAULT_SESSION_POLICY.whenFull),
    lastSeenInterval: milliseconds(0).default(DEFAULT_SESSION_POLICY.lastSeenInterval),
    freshWindow: milliseconds(0).default(DEFAULT_SESSION_POLICY.freshWindow),
  } satisfies Record<keyof SessionPolicy, z.ZodType>).prefault({}),
  rateLimits: group({
    challenge: group({ network: rate }),
    signIn: group({ network: rate, wallet: rate }),
    refresh: group({ network: rate, wallet: rate }),
  } satisfies Record<keyof RateLimitPolicy, z.ZodType>).optional(),
  trustedProxies: z.array(text, 'must be a list of addresses and subnets').default([]),
  rpcs: z
    .array(
      z.object({
        chainId,
        url: text,
        timeout: milliseconds(1).optional(),
      } satisfies Record<keyof RpcOptions, z.ZodType>),
      'must be a list of { chainId, url }',
    )
    .default([]),
  hooks: z
    .object({
      linkUser: callable().optional(),
      onSignIn: callable().optional(),
      onSessionCreated: callable().optional(),
      onRefreshed: callable().optional(),
      onRevoked: callable().optional(),
    } satisfies Record<keyof WalletSessionsHooks, z.ZodType>)
    // What else an object has that is made of a class is its own affair, unless it can be called.
    .catchall(z.custom((value) => typeof value !== 'function', 'is no hook that there is'))
    .optional(),
  audit: callable<Audit>().optional(),
  auditLog: group({
    size: whole(0).default(DEFAULT_AUDIT_LOG_POLICY.size),
    sizePerWallet: whole(0).default(DEFAULT_AUDIT_LOG_POLICY.sizePerWallet),
    retention: milliseconds(1000).default(DEFAULT_AUDIT_LOG_POLICY.retention),
  } satisfies Record<keyof AuditLogPolicy, z.ZodType>).prefault({}),
  administrators: z.array(wallet, 'must be a list of wallets').default([]),
  report: callable<ReportError>().optional(),
  nearCacheSize: whole(0).optional(),
  verifySignature: callable<VerifySignature>().optional(),
  clock: z.custom<Clock>((value) => typeof value === 'object', 'must be a clock').optional(),
} satisfies Record<keyof WalletSessionsOptions, z.ZodType>);
