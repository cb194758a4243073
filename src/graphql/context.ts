import type { TokenCookies, OpenCookieSession } from '../http/cookies/cookie-session.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Administration } from '../administration/administration.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { Statistics } from '../administration/statistics/statistics.js';
import type { SignIn } from '../sign-in/sign-in.js';
import { type ReportError, refuse, undisclosed } from './errors.js';
import type { Connection } from '../lifecycle/connect.js';
import type { IncomingMessage } from 'node:http';
import { putCookiesOn, type AnswerHeaders } from '../http/cookies/put-cookies.js';
import { bearerToken } from '../http/credential.js';
import type { RequestReader } from '../http/reader.js';

/** The domain, as the resolvers use it. */
export interface WalletSessionsServices {
  readonly sessions: SessionLifecycle;
  readonly signIn: SignIn;
  readonly auditLog: AuditLog;
  readonly statistics: Statistics;
  readonly administration: Administration;
  /** Receives background errors. */
  readonly report: ReportError;
}

/** The services alone, of something that has more. */
export function servicesOf(of: WalletSessionsServices): WalletSessionsServices {
  const { sessions, signIn, auditLog, statistics, administration, report } = of;
  return { sessions, signIn, auditLog, statistics, administration, report };
}

/** What one operation knows: the services, who asks, and the session that it was validated for. */
export interface RequestContext extends WalletSessionsServices {
  /** The session, validated once for this operation; `undefined` where there is none. */
  readonly session: Session | undefined;
  readonly source: ClientInfo;
  /** The `Origin` header of a browser. */
  readonly origin?: string | undefined;
  /** The request, as the application's server has it, for the hooks of a sign-in. */
  readonly request?: unknown;
  /** Where the tokens of the client go in cookies. */
  readonly cookies?: TokenCookies | undefined;
  /** Where the transport closes with the session: it lets this end first, so that its last word is sent. */
  readonly closeAfter?: ((ended: Promise<void>) => void) | undefined;
  /** Where the transport outlives the operation: it is told that the session was re-authenticated over it. */
  readonly reauthenticated?: ((session: Session) => void) | undefined;
}

/** The GraphQL context of the resolvers, under one name so that it fits beside an application's own. */
export interface WalletSessionsContext {
  readonly walletSessions: RequestContext;
}

type Transport = Pick<
  RequestContext,
  'origin' | 'request' | 'cookies' | 'closeAfter' | 'reauthenticated'
>;

/**
 * Makes the scope of an operation, with its session validated, for HTTP and WebSocket alike; at once where
 * the session is known at once.
 */
export type RequestContextFactory = (
  credential: string | Connection | undefined,
  source: ClientInfo,
  transport?: Transport,
) => RequestContext | Promise<RequestContext>;

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise */
export function createRequestContextFactory(
  services: WalletSessionsServices,
): RequestContextFactory {
  const { sessions, signIn, auditLog, statistics, administration, report } = services;
  return (credential, source, { origin, request, cookies, closeAfter, reauthenticated } = {}) => {
    // Field by field: copying with `...` takes longer than all the rest of this.
    const scopeOf = (session: Session | undefined): RequestContext => ({
      sessions,
      signIn,
      auditLog,
      statistics,
      administration,
      report,
      session,
      source,
      origin,
      request,
      cookies,
      closeAfter,
      reauthenticated,
    });
    const session =
      typeof credential === 'object'
        ? credential.validate(source)
        : sessions.validate(credential, source);
    return session instanceof Promise ? session.then(scopeOf) : scopeOf(session);
  };
}

export interface RequestContextOptions {
  readonly services: WalletSessionsServices;
  readonly contextFor: RequestContextFactory;
  /** Where sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly report: ReportError;
}

/** At once where the session is known at once. */
export type Opening = RequestContext | Promise<RequestContext>;

/**
 * The scope of a request over HTTP: validates its session, be it in a header or in cookies.
 * @param answer takes new cookies; needed where there may be cookies
 * @throws GraphQLError from the promise, where the session is in doubt, or is not for the page that asks
 */
export function openRequestContext(
  options: RequestContextOptions,
  request: IncomingMessage,
  answer: AnswerHeaders | undefined,
  source: ClientInfo,
): Opening {
  const { contextFor, openCookieSession, report } = options;
  const { authorization, origin } = request.headers;
  const token = bearerToken(authorization);
  // A bearer token has nothing to do with cookies.
  if (token === undefined && openCookieSession !== undefined) {
    const opening = openCookieSession(request, source, putCookiesOn(answer));
    return contextOfCookies(options, opening, request, source).catch(refuseWith(report, source));
  }
  const scope = contextFor(token, source, { origin, request });
  return scope instanceof Promise ? scope.catch(refuseWith(report, source)) : scope;
}

/** There is no operation yet that could report it. */
function refuseWith(report: ReportError, source: ClientInfo) {
  return (error: unknown): never => {
    const cause = undisclosed(error);
    if (cause !== undefined) report(cause, source);
    return refuse(error);
  };
}

async function contextOfCookies(
  { services, contextFor }: RequestContextOptions,
  opening: ReturnType<OpenCookieSession>,
  request: IncomingMessage,
  source: ClientInfo,
): Promise<RequestContext> {
  const { origin } = request.headers;
  const opened = await opening;
  if (opened === undefined) return contextFor(undefined, source, { origin, request });
  const { session, cookies } = opened;
  return { ...services, session, source, origin, request, cookies };
}

/** What the context function needs of `WalletSessions`. */
export interface ContextSources extends WalletSessionsServices, Pick<RequestReader, 'sourceOf'> {
  readonly openCookieSession?: OpenCookieSession | undefined;
}

/**
 * Makes the function that gives an operation over HTTP its context, for Apollo Server under any framework
 * that hands on the request of `node:http`, and its response where sessions are in cookies. Spread what it
 * returns into the application's own context.
 * @throws GraphQLError from the function, with its HTTP status: `SERVICE_UNAVAILABLE`; of a session in cookies
 * also `ORIGIN_NOT_ALLOWED`, `RATE_LIMITED`
 */
export function createContextFunction(walletSessions: ContextSources) {
  const { openCookieSession, report } = walletSessions;
  const services = servicesOf(walletSessions);
  const options = {
    services,
    contextFor: createRequestContextFactory(services),
    openCookieSession,
    report,
  };
  return async (
    request: IncomingMessage,
    response?: AnswerHeaders,
  ): Promise<WalletSessionsContext> => {
    const source = walletSessions.sourceOf(request);
    return { walletSessions: await openRequestContext(options, request, response, source) };
  };
}
