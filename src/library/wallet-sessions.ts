import type { IncomingMessage } from 'node:http';
import { createCookieSessions } from '../cookies/cookie-session.js';
import { assertTakeCookies } from '../cookies/token-cookies.js';
import type { ReportError } from '../graphql/errors.js';
import { createRequestReader, type RequestReader } from '../request/reader.js';
import { createContractVerifiers } from '../rpc/contract-verifiers.js';
import type { RpcOptions } from '../rpc/eth-call.js';
import { auditToAll, type Audit } from '../session/audit.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../session/audit-log/policy.js';
import { systemClock, type Clock } from '../session/clock.js';
import { auditToHooks, type SessionHooks } from '../session/hooks.js';
import type { SecretKey } from '../session/key-ring.js';
import {
  assertSessionPolicy,
  DEFAULT_SESSION_POLICY,
  type SessionPolicy,
} from '../session/policy.js';
import type { RateLimitPolicy } from '../session/rate-limit.js';
import type { Wallet } from '../session/wallet.js';
import type { SignInHooks } from '../sign-in/hooks.js';
import {
  assertOrigins,
  assertStatement,
  DEFAULT_SIGN_IN_POLICY,
  type SignInPolicy,
} from '../sign-in/policy.js';
import type { VerifySignature } from '../sign-in/signature.js';
import type { OpenStore } from '../stores/open-store.js';
import { createTracing } from '../tracing/tracing.js';
import { composeServices, type ComposedServices } from './compose-services.js';
import { createRequestSessions, type RequestSessions } from './request-sessions.js';

/** Where an application has a say in sign-ins, and hears of sessions. */
export interface WalletSessionsHooks<Request = IncomingMessage>
  extends SignInHooks<Request>, SessionHooks {}

/** @typeParam Request what the application's server hands to the context function */
export interface WalletSessionsOptions<Request = IncomingMessage> {
  /** Where sessions are kept: from `openRedisStore`, or for one process from `openEmbeddedStore`. */
  readonly store: OpenStore;
  /**
   * The secrets that tokens are hashed and sessions are encrypted with, newest first. All instances have
   * the same. To rotate, see `docs/operating.md`: behind the old ones first, then in front.
   */
  readonly keys: readonly SecretKey[];
  /** The web origins whose pages may ask for sign-ins, like `https://app.example.com`. */
  readonly origins: SignInPolicy['origins'];
  /**
   * Whether the tokens of browsers go in `__Host-` cookies that scripts cannot read: then sessions are refreshed
   * with whatever request comes first in their refresh window, and cookies count only from pages of `origins`, or
   * of those named here. Needs origins with `https://` or on localhost, and the response beside each request.
   * Default: not.
   */
  readonly cookies?: boolean | { readonly origins: readonly string[] } | undefined;
  /** What else differs from {@link DEFAULT_SIGN_IN_POLICY}: the chains, the statement, times. */
  readonly signIn?: Partial<Omit<SignInPolicy, 'origins'>> | undefined;
  /** What differs from {@link DEFAULT_SESSION_POLICY}: timeouts, the limit per wallet. Milliseconds. */
  readonly sessions?: Partial<SessionPolicy> | undefined;
  /** How often one address and one wallet may do what costs work. Default {@link DEFAULT_RATE_LIMITS}. */
  readonly rateLimits?: RateLimitPolicy | undefined;
  /**
   * Whose `X-Forwarded-For` is believed: addresses, subnets or `loopback`, `linklocal`, `uniquelocal`. Default
   * none. A request of Express has its address by the application's own `trust proxy` setting instead.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * The node of each chain on which wallets that are contracts may sign in (EIP-1271, EIP-6492). Default
   * none. The chains must be among those of `signIn`. A contract is another wallet on each chain
   * (`session.contractChainId`): keep users by `walletIdOf(session)`, not by the address alone.
   */
  readonly rpcs?: readonly RpcOptions[] | undefined;
  readonly hooks?: WalletSessionsHooks<Request> | undefined;
  /** Gets each event of a session's life, besides the audit log in the store. Must not throw. */
  readonly audit?: Audit | undefined;
  /** What differs from {@link DEFAULT_AUDIT_LOG_POLICY}: how much of the audit log the store keeps. */
  readonly auditLog?: Partial<AuditLogPolicy> | undefined;
  /**
   * The wallets that may administrate, with their EIP-55 checksums. Default none. An address is an account with a
   * key of its own; a contract is named with its chain, too.
   */
  readonly administrators?: readonly Wallet[] | undefined;
  /** Gets errors that nobody waits for or is told of. Default: written to the console. */
  readonly report?: ReportError | undefined;
  /** The most validated sessions that are kept in memory; 0 keeps none. Default 50,000. */
  readonly nearCacheSize?: number | undefined;
  readonly verifySignature?: VerifySignature | undefined;
  readonly clock?: Clock | undefined;
}

/** Wallet sessions in an application's own server. */
export interface WalletSessions extends ComposedServices, RequestReader, RequestSessions {
  readonly report: ReportError;
  /** Lets updates under way finish, and closes the store. */
  close(): Promise<void>;
}

/**
 * Wallet sessions for an application's own server: give the result to the Express middleware
 * (`wallet-sessions/express`), to the GraphQL context (`wallet-sessions/graphql`), or call it.
 * @throws RangeError for a key, an origin or a statement that is none, an origin that gets no cookies, or a figure
 * of the session policy that is too small
 */
export function createWalletSessions<Request = IncomingMessage>(
  options: WalletSessionsOptions<Request>,
): WalletSessions {
  const { hooks = {}, audit = () => {}, report = reportToConsole } = options;
  const { clock = systemClock } = options;
  assertOrigins(options.origins);
  const cookieOrigins = cookieOriginsOf(options);
  assertStatement(options.signIn?.statement ?? DEFAULT_SIGN_IN_POLICY.statement);
  const policy = { ...DEFAULT_SESSION_POLICY, ...options.sessions };
  assertSessionPolicy(policy);
  const tracing = createTracing();
  const store = tracing?.store(options.store) ?? options.store;
  const services = composeServices({
    store,
    keys: options.keys,
    sessions: policy,
    signIn: { ...DEFAULT_SIGN_IN_POLICY, ...options.signIn, origins: options.origins },
    rateLimits: options.rateLimits,
    audit: auditToAll([audit, auditToHooks(hooks, report)]),
    auditLog: { ...DEFAULT_AUDIT_LOG_POLICY, ...options.auditLog },
    administrators: options.administrators,
    report,
    clock,
    nearCacheSize: options.nearCacheSize,
    verifySignature: options.verifySignature,
    contractVerifiers: createContractVerifiers(options.rpcs ?? []),
    hooks,
    observeVerification: tracing?.verifications,
  });
  const reader = createRequestReader(options.trustedProxies ?? []);
  const openCookieSession =
    cookieOrigins &&
    createCookieSessions({ sessions: services.sessions, origins: cookieOrigins, clock });
  // Nothing runs by itself before nothing can fail any more.
  services.expirySweep.start();
  return {
    ...services,
    ...reader,
    ...createRequestSessions(services.sessions, reader, openCookieSession),
    report,
    async close() {
      await services.settled();
      await store.close();
    },
  };
}

/** The origins whose pages have their sessions in cookies; `undefined` where no page has. */
function cookieOriginsOf({
  cookies = false,
  origins,
}: Pick<WalletSessionsOptions, 'cookies' | 'origins'>): readonly string[] | undefined {
  if (cookies === false) return undefined;
  const named = cookies === true ? origins : cookies.origins;
  assertOrigins(named);
  assertTakeCookies(named);
  return named;
}

function reportToConsole(error: unknown): void {
  console.error('wallet-sessions:', error);
}
