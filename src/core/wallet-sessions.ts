import type { IncomingMessage } from 'node:http';
import {
  createCookieSessions,
  type OpenCookieSession,
  type TokenCookies,
} from '../http/cookies/cookie-session.js';
import { assertTakeCookies } from '../http/cookies/token-cookies.js';
import { createRequestReader, type RequestReader } from '../http/reader.js';
import { createContractVerifiers, type RpcOptions } from '../sign-in/ethereum/rpc/eth-call.js';
import { auditToAll } from '../audit/events.js';
import { systemClock } from '../clock.js';
import { auditToApplication, auditToHooks } from '../lifecycle/hooks.js';
import { assertTimeouts } from '../sessions/policy.js';
import { assertOrigins, assertStatement } from '../sign-in/policy.js';
import type { SignIn } from '../sign-in/sign-in.js';
import { createTracing } from '../telemetry/tracing.js';
import { createCore, type Core } from './create-core.js';
import { readOptions, type WalletSessionsOptions } from './read-options.js';
import { putCookiesOn, type AnswerHeaders } from '../http/cookies/put-cookies.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { Validated } from '../lifecycle/validate.js';

export type { WalletSessionsHooks, WalletSessionsOptions } from './read-options.js';

/**
 * Wallet sessions in an application's own server.
 * @typeParam Request what the application's server hands to the context function, and its hooks are given
 */
export interface WalletSessions<Request = IncomingMessage>
  extends Core, RequestReader, RequestSessions {
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
  const services = createCore({
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

/** The sessions that requests come with, whatever framework they came through. */
export interface RequestSessions {
  /**
   * The session that a request comes with; `undefined` for a request without a valid one. At once where it
   * is known at once: `await` takes both.
   * @param response takes new cookies along; needed where sessions are in cookies
   * @throws WalletSessionsError from the promise: `SERVICE_UNAVAILABLE` where the store does not answer; of a
   * session in cookies also `ORIGIN_NOT_ALLOWED`, `RATE_LIMITED`
   */
  validateRequest(request: IncomingMessage, response?: AnswerHeaders): Validated;
  /**
   * The cookies of the page that asks, for an application that signs in outside of GraphQL: `grant` gives them
   * tokens, `clear` takes them away. `undefined` for whoever gets tokens in the answer.
   * @throws WalletSessionsError from the promise, like `validateRequest`
   */
  cookiesOf(request: IncomingMessage, response: AnswerHeaders): Promise<TokenCookies | undefined>;
  /** For a server that is not of `node:http`; `undefined` where sessions are not in cookies. */
  readonly openCookieSession: OpenCookieSession | undefined;
}

function createRequestSessions(
  sessions: Pick<SessionLifecycle, 'validate'>,
  reader: RequestReader,
  openCookieSession: OpenCookieSession | undefined,
): RequestSessions {
  const validateBearer = (request: IncomingMessage) =>
    sessions.validate(reader.credentialOf(request), () => reader.sourceOf(request));
  if (openCookieSession === undefined) {
    return {
      validateRequest: validateBearer,
      cookiesOf: () => Promise.resolve(undefined),
      openCookieSession,
    };
  }
  const open = async (request: IncomingMessage, response: AnswerHeaders | undefined) =>
    openCookieSession(request, reader.sourceOf(request), putCookiesOn(response));
  return {
    validateRequest: (request, response) =>
      reader.credentialOf(request) === undefined
        ? open(request, response).then((opened) => opened?.session)
        : validateBearer(request),
    cookiesOf: async (request, response) => (await open(request, response))?.cookies,
    openCookieSession,
  };
}
