import { clockOf } from '../clock.js';
import type { IncomingMessage } from 'node:http';
import {
  createCookieSessions,
  type OpenCookieSession,
  type TokenCookies,
} from '../http/cookies/cookie-session.js';
import { createDeviceSessions, type DeviceSessions } from '../http/cookies/device-sessions.js';
import { createKeyRing } from '../sessions/key-ring.js';
import {
  createRequestReader,
  type RequestHead,
  type RequestReader,
  type ValidationOptions,
} from '../http/reader.js';
import { createContractVerifiers } from '../sign-in/ethereum/rpc/eth-call.js';
import { auditToAll } from '../audit/events.js';
import { auditToApplication, auditToHooks } from '../lifecycle/hooks.js';
import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import type { WalletSessionsServices } from '../graphql/context.js';
import type { SignIn } from '../sign-in/sign-in.js';
import { createTracing } from '../telemetry/tracing.js';
import { createCore } from './create-core.js';
import { cookieOriginsOf, readOptions, type WalletSessionsOptions } from './read-options.js';
import { putCookiesOn, type ResponseHeaders } from '../http/cookies/put-cookies.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { Validated } from '../lifecycle/validate.js';

export type { WalletSessionsHooks, WalletSessionsOptions } from './read-options.js';

/**
 * Wallet sessions in an application's server.
 * @typeParam Request the type of the requests that the application passes to the context function and that hooks receive
 */
export interface WalletSessions<Request = IncomingMessage>
  extends WalletSessionsServices, RequestReader, RequestSessions {
  readonly signIn: SignIn<Request>;
  /** The option `origins`. `serveSubscriptions` uses it by default. */
  readonly origins: readonly string[];
  /** The endpoints of Device Bound Session Credentials, which the REST API serves; `undefined` if they are off. */
  readonly deviceSessions: DeviceSessions | undefined;
  /** Waits for pending updates and closes the store. */
  close(): Promise<void>;
}

/**
 * Creates wallet sessions for an application's server. Pass the result to the Express middleware
 * (`wallet-sessions/express`) or to the GraphQL context function (`wallet-sessions/graphql`), or call its methods.
 * @example
 * ```ts
 * const walletSessions = createWalletSessions({
 *   store: await openRedisStore({ url: process.env.REDIS_URL }),
 *   keys: parseSessionKeys(process.env.SESSION_KEYS),
 *   origins: ['https://app.example.com'],
 * });
 * app.get('/me', requireWalletSession(walletSessions), (request, response) => {
 *   response.json({ wallet: walletSessionOf(request).wallet });
 * });
 * ```
 * @throws TypeError for an invalid or unknown option; RangeError for a number that is too small, an idle timeout beyond
 * the absolute timeout, an invalid key, origin or statement, and an origin that cannot have cookies
 */
export function createWalletSessions<Request = IncomingMessage>(
  options: WalletSessionsOptions<Request>,
): WalletSessions<Request> {
  const read = readOptions(options);
  const { audit = () => {}, report = reportToConsole, clock = clockOf(read.store) } = read;
  // Use the object itself, not a copy: it may be an instance of a class.
  const { hooks = {} } = options;
  const cookieOrigins = cookieOriginsOf(read);
  const tracing = createTracing();
  const store = tracing?.store(read.store) ?? read.store;
  const { expirySweep, drain, ...services } = createCore({
    ...read,
    store,
    signIn: { ...read.signIn, origins: read.origins },
    keyBinding: {
      ...read.keyBinding,
      publicUrls: read.keyBinding.publicUrls ?? read.origins,
    },
    audit: auditToAll([auditToApplication(audit, report), auditToHooks(hooks, report)]),
    report,
    clock,
    contractVerifiers: createContractVerifiers(read.rpcs),
    hooks,
    observeVerification: observedBy([tracing?.verifications, read.observeVerification]),
  });
  const reader = createRequestReader(read.trustedProxies, report);
  const { sessions } = services;
  const deviceSessions =
    cookieOrigins && read.deviceBinding.enabled
      ? createDeviceSessions({
          policy: read.deviceBinding,
          sessions,
          keys: createKeyRing(read.keys),
          origins: cookieOrigins,
          clock,
        })
      : undefined;
  const openCookieSession =
    cookieOrigins &&
    createCookieSessions({
      sessions,
      origins: cookieOrigins,
      clock,
      offerDeviceBinding: deviceSessions?.offer,
    });
  // Start background work last, when nothing else can throw.
  expirySweep.start();
  return {
    ...services,
    ...reader,
    origins: read.origins,
    deviceSessions,
    ...createRequestSessions(sessions, reader, openCookieSession),
    async close() {
      await drain();
      await store.close();
    },
  };
}

function observedBy(
  observers: readonly (ObserveVerification | undefined)[],
): ObserveVerification | undefined {
  const present = observers.filter((observe) => observe !== undefined);
  if (present.length === 0) return undefined;
  return (signer, verify) => present.reduce((watched, observe) => observe(signer, watched), verify);
}

function reportToConsole(error: unknown): void {
  console.error('wallet-sessions:', error);
}

/** The sessions of requests, in any framework. */
export interface RequestSessions {
  /**
   * Returns the session of a request, or `undefined` if it has no valid one. Returns synchronously on a near-cache hit,
   * otherwise a promise.
   * @param response receives new cookies. Without it, and once its headers have been sent, a session in cookies is
   * validated but not refreshed
   * @param options `refresh: false` never refreshes: for responses whose `Set-Cookie` does not reach the browser
   * @throws WalletSessionsError from the promise: `SERVICE_UNAVAILABLE` if the store does not answer; for a session in
   * cookies also `ORIGIN_NOT_ALLOWED`, `RATE_LIMITED`
   */
  validateRequest(
    request: RequestHead,
    response?: ResponseHeaders,
    options?: ValidationOptions,
  ): Validated;
  /**
   * The cookies of the requesting page, for an application that signs in without GraphQL: `grant` sets the tokens,
   * `clear` removes them. `undefined` for clients that get their tokens in the response.
   * @throws WalletSessionsError from the promise, like `validateRequest`
   */
  tokenCookies(request: RequestHead, response: ResponseHeaders): Promise<TokenCookies | undefined>;
  /** For servers other than `node:http`; `undefined` if sessions are not in cookies. */
  readonly openCookieSession: OpenCookieSession | undefined;
}

function createRequestSessions(
  sessions: Pick<SessionLifecycle, 'validate'>,
  reader: RequestReader,
  openCookieSession: OpenCookieSession | undefined,
): RequestSessions {
  const validateBearer = (request: RequestHead) =>
    sessions.validate(reader.credentialOf(request), () => reader.sourceOf(request));
  if (openCookieSession === undefined) {
    return {
      validateRequest: validateBearer,
      tokenCookies: () => Promise.resolve(undefined),
      openCookieSession,
    };
  }
  const open = async (request: RequestHead, response: ResponseHeaders | undefined) =>
    openCookieSession(request, reader.sourceOf(request), response && putCookiesOn(response));
  return {
    validateRequest: (request, response, { refresh = true } = {}) =>
      reader.credentialOf(request) === undefined
        ? open(request, refresh ? response : undefined).then((opened) => opened?.session)
        : validateBearer(request),
    tokenCookies: async (request, response) => (await open(request, response))?.cookies,
    openCookieSession,
  };
}
