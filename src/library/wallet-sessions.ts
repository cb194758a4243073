import type { IncomingMessage } from 'node:http';
import { createCookieSessions } from '../cookies/cookie-session.js';
import { assertTakeCookies } from '../cookies/token-cookies.js';
import type { ReportError } from '../graphql/errors.js';
import type { Given } from '../options.js';
import { createRequestReader, type RequestReader } from '../request/reader.js';
import { createContractVerifiers } from '../rpc/contract-verifiers.js';
import type { RpcOptions } from '../rpc/eth-call.js';
import { auditToAll, type AuditEvent } from '../session/audit.js';
import type { AuditLogPolicy } from '../session/audit-log/policy.js';
import { systemClock, type Clock } from '../session/clock.js';
import { auditToApplication, auditToHooks, type SessionHooks } from '../session/hooks.js';
import type { SecretKey } from '../session/key-ring.js';
import { assertTimeouts, type SessionPolicy } from '../session/policy.js';
import type { RateLimitPolicy } from '../session/rate-limit.js';
import type { WalletIdentity } from '../session/wallet.js';
import type { SignInHooks } from '../sign-in/hooks.js';
import { assertOrigins, assertStatement, type SignInPolicy } from '../sign-in/policy.js';
import type { SignIn } from '../sign-in/sign-in.js';
import type { VerifySignature } from '../sign-in/signature.js';
import type { OpenStore } from '../stores/open-store.js';
import { createTracing } from '../tracing/tracing.js';
import { composeServices, type ComposedServices } from './compose-services.js';
import { readOptions } from './read-options.js';
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
  /** The web origins whose pages may ask for sign-ins, like `https://app.example.com`: one or more. */
  readonly origins: readonly string[];
  /**
   * Whether the tokens of browsers go in `__Host-` cookies that scripts cannot read: then sessions are refreshed
   * with whatever request comes first in their refresh window, and cookies count only from pages of `origins`, or
   * of those named here. Needs origins with `https://` or on localhost, and the response beside each request.
   * Default: not.
   */
  readonly cookies?: boolean | { readonly origins: readonly string[] } | undefined;
  /** What else differs from {@link DEFAULT_SIGN_IN_POLICY}: the chains, the statement, times. */
  readonly signIn?: Given<Omit<SignInPolicy, 'origins'>> | undefined;
  /** What differs from {@link DEFAULT_SESSION_POLICY}: timeouts, the limit per wallet. Milliseconds. */
  readonly sessions?: Given<SessionPolicy> | undefined;
  /** What differs from {@link DEFAULT_RATE_LIMITS}: how often one address, wallet and session may do what costs work. */
  readonly rateLimits?:
    | { readonly [Act in keyof RateLimitPolicy]?: Given<RateLimitPolicy[Act]> | undefined }
    | undefined;
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
  /** Where the application has a say in sign-ins, and hears of sessions. Default: nowhere. */
  readonly hooks?: WalletSessionsHooks<Request> | undefined;
  /**
   * Gets each event of a session's life, besides the audit log in the store. Nothing waits for it; what it throws, or
   * rejects with, is reported and changes nothing.
   */
  readonly audit?: ((event: AuditEvent) => unknown) | undefined;
  /** What differs from {@link DEFAULT_AUDIT_LOG_POLICY}: how much of the audit log the store keeps. */
  readonly auditLog?: Given<AuditLogPolicy> | undefined;
  /**
   * The wallets that may administrate, each with its EIP-55 checksum or in one case. Default none. An address is an
   * account with a key of its own; a contract is named with its chain, too, as an identity or as `eip155:1:0x…`.
   */
  readonly administrators?: readonly (WalletIdentity | string)[] | undefined;
  /**
   * Gets errors that nobody waits for or is told of. Of what is tried again and again, the first failure in a row. Must
   * not throw. Default: written to the console.
   */
  readonly report?: ReportError | undefined;
  /** The most validated sessions that are kept in memory; 0 keeps none. Default 50,000. */
  readonly nearCacheSize?: number | undefined;
  /** How signatures of accounts with a key are verified. Default {@link createAccountVerifier}. */
  readonly verifySignature?: VerifySignature | undefined;
  /** Where the time comes from. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Wallet sessions in an application's own server.
 * @typeParam Request what the application's server hands to the context function, and its hooks are given
 */
export interface WalletSessions<Request = IncomingMessage>
  extends ComposedServices, RequestReader, RequestSessions {
  readonly signIn: SignIn<Request>;
  /** Lets updates under way finish, and closes the store. */
  close(): Promise<void>;
}

/**
 * Wallet sessions for an application's own server: give the result to the Express middleware
 * (`wallet-sessions/express`), to the GraphQL context (`wallet-sessions/graphql`), or call it.
 * @throws TypeError for an option that is not what it must be, or that there is not; RangeError for a figure that is
 * too small, an idle timeout beyond the absolute one, a key, an origin or a statement that is none, and an origin that
 * gets no cookies
 */
export function createWalletSessions<Request = IncomingMessage>(
  options: WalletSessionsOptions<Request>,
): WalletSessions<Request> {
  const read = readOptions(options);
  const { audit = () => {}, report = reportToConsole, clock = systemClock } = read;
  // The object itself, not a copy: its methods may be those of a class.
  const { hooks = {} } = options;
  assertOrigins(read.origins);
  const cookieOrigins = cookieOriginsOf(read);
  assertStatement(read.signIn.statement);
  assertTimeouts(read.sessions);
  assertOnChains(read.rpcs, read.signIn.chainIds);
  const tracing = createTracing();
  const store = tracing?.store(read.store) ?? read.store;
  const services = composeServices({
    ...read,
    store,
    signIn: { ...read.signIn, origins: read.origins },
    audit: auditToAll([auditToApplication(audit, report), auditToHooks(hooks, report)]),
    report,
    clock,
    contractVerifiers: createContractVerifiers(read.rpcs),
    hooks,
    observeVerification: tracing?.verifications,
  });
  const reader = createRequestReader(read.trustedProxies);
  const openCookieSession =
    cookieOrigins &&
    createCookieSessions({ sessions: services.sessions, origins: cookieOrigins, clock });
  // Nothing runs by itself before nothing can fail any more.
  services.expirySweep.start();
  return {
    ...services,
    ...reader,
    ...createRequestSessions(services.sessions, reader, openCookieSession),
    async close() {
      await services.settled();
      await store.close();
    },
  };
}

/** The origins whose pages have their sessions in cookies; `undefined` where no page has. */
function cookieOriginsOf({
  cookies,
  origins,
}: ReturnType<typeof readOptions>): readonly string[] | undefined {
  if (cookies === false) return undefined;
  const named = cookies === true ? origins : cookies.origins;
  assertOrigins(named);
  assertTakeCookies(named);
  return named;
}

/** The node of a chain on which nobody may sign in is asked nothing: one of the two is a mistake. */
function assertOnChains(rpcs: readonly RpcOptions[], chainIds: readonly number[]): void {
  const stray = rpcs.find(({ chainId }) => !chainIds.includes(chainId));
  if (stray === undefined) return;
  throw new TypeError(`rpcs names chain ${stray.chainId}, which signIn.chainIds does not.`);
}

function reportToConsole(error: unknown): void {
  console.error('wallet-sessions:', error);
}
