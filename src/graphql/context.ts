import type { TokenCookies, OpenCookieSession } from '../http/cookies/cookie-session.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Administration } from '../administration/administration.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { Statistics } from '../administration/statistics/statistics.js';
import type { SignIn } from '../sign-in/sign-in.js';
import type { IdentityTokens } from '../identity-tokens/identity-tokens.js';
import { type ReportError, refuse, reportUndisclosed } from './errors.js';
import type { Connection } from '../lifecycle/connect.js';
import type { IncomingMessage } from 'node:http';
import { putCookiesOn, type ResponseHeaders } from '../http/cookies/put-cookies.js';
import { credentialOf, mistakeInToken, proofOf } from '../http/credential.js';
import type { AccessCredential, PresentedProof } from '../key-binding/proof.js';
import type { RequestReader } from '../http/reader.js';

/** The domain services that the resolvers use. */
export interface WalletSessionsServices {
  readonly sessions: SessionLifecycle;
  readonly signIn: SignIn;
  readonly auditLog: AuditLog;
  readonly statistics: Statistics;
  readonly administration: Administration;
  readonly identityTokens: IdentityTokens;
  /** Receives background errors. */
  readonly report: ReportError;
}

/** Picks the services from an object with more properties. */
export function servicesOf(of: WalletSessionsServices): WalletSessionsServices {
  const { sessions, signIn, auditLog, statistics, administration, identityTokens, report } = of;
  return { sessions, signIn, auditLog, statistics, administration, identityTokens, report };
}

/** The context of one operation: services, client and session. */
export interface RequestContext extends WalletSessionsServices {
  /** The session, validated once for this operation; `undefined` without a valid one. */
  readonly session: Session | undefined;
  /** What is wrong with an access token that cannot be one, like `Bearer undefined`: the message of `UNAUTHENTICATED`. */
  readonly mistake?: string | undefined;
  readonly source: ClientInfo;
  /** The `Origin` header of a browser. */
  readonly origin?: string | undefined;
  /** The request of the application's server, for the hooks of a sign-in. */
  readonly request?: unknown;
  /** The proof of a key in the request (DPoP, RFC 9449), for sign-in and refresh. */
  readonly proof?: PresentedProof | undefined;
  /** The cookies of the client, if it keeps its tokens in cookies. */
  readonly cookies?: TokenCookies | undefined;
  /** Set if the transport closes with the session: it waits for `ended` before it closes, so that the last events are sent. */
  readonly closeAfter?: ((ended: Promise<void>) => void) | undefined;
  /** The connection of a transport that outlives the operation. It knows which signatures of the session count there. */
  readonly connection?: Connection | undefined;
}

/** The GraphQL context of the resolvers, under one key so that it fits into the context of an application. */
export interface WalletSessionsContext {
  readonly walletSessions: RequestContext;
}

type Transport = Pick<RequestContext, 'origin' | 'request' | 'proof' | 'cookies' | 'closeAfter'>;

/**
 * Creates the context of an operation over HTTP or WebSocket, with its session validated. Returns synchronously on a
 * near-cache hit, otherwise a promise.
 */
export type RequestContextFactory = (
  credential: AccessCredential | Connection | undefined,
  source: ClientInfo,
  transport?: Transport,
) => RequestContext | Promise<RequestContext>;

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE`, `KEY_PROOF_REQUIRED`, `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED` */
export function createRequestContextFactory(
  services: WalletSessionsServices,
): RequestContextFactory {
  const { sessions, signIn, auditLog, statistics, administration, identityTokens, report } =
    services;
  return (credential, source, transport = {}) => {
    const { origin, request, proof, cookies, closeAfter } = transport;
    const connection = isConnection(credential) ? credential : undefined;
    const presented = isConnection(credential) ? undefined : credential;
    // Field by field: copying with `...` takes longer than the rest of this function.
    const contextOf = (session: Session | undefined): RequestContext => ({
      sessions,
      signIn,
      auditLog,
      statistics,
      administration,
      identityTokens,
      report,
      session,
      mistake: session === undefined ? mistakeInToken(presented) : undefined,
      source,
      origin,
      request,
      proof,
      cookies,
      closeAfter,
      connection,
    });
    const session =
      connection === undefined ? sessions.validate(presented, source) : connection.validate(source);
    return session instanceof Promise ? session.then(contextOf) : contextOf(session);
  };
}

const isConnection = (
  credential: AccessCredential | Connection | undefined,
): credential is Connection => typeof credential === 'object' && 'validate' in credential;

export interface RequestContextOptions {
  readonly services: WalletSessionsServices;
  readonly contextFor: RequestContextFactory;
  /** Set if sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly report: ReportError;
}

/** A context, or a promise of one if the session must be read from the store. */
export type PendingContext = RequestContext | Promise<RequestContext>;

/**
 * Creates the context of an HTTP request: validates its session, from a header or from cookies.
 * @param response receives new cookies; required if sessions may be in cookies
 * @throws GraphQLError from the promise if the session cannot be checked, or its cookies came from a page of another origin
 */
export function openRequestContext(
  options: RequestContextOptions,
  request: IncomingMessage,
  response: ResponseHeaders | undefined,
  source: ClientInfo,
): PendingContext {
  const { contextFor, openCookieSession, report } = options;
  const { origin } = request.headers;
  const credential = credentialOf(request);
  // With a token in a header, cookies are ignored.
  if (credential === undefined && openCookieSession !== undefined) {
    const opening = openCookieSession(request, source, putCookiesOn(given(response)));
    return contextOfCookies(options, opening, request, source).catch(refuseWith(report, source));
  }
  const context = contextFor(credential, source, { origin, request, proof: proofOf(request) });
  return context instanceof Promise ? context.catch(refuseWith(report, source)) : context;
}

/** @throws TypeError without a response: `signIn` could not set its cookies */
function given(response: ResponseHeaders | undefined): ResponseHeaders {
  if (response !== undefined) return response;
  throw new TypeError('If sessions are in cookies, hand over the response with the request.');
}

/** Reports the cause here, because no operation exists yet that could report it. */
function refuseWith(report: ReportError, source: ClientInfo) {
  return (error: unknown): never => {
    reportUndisclosed(report, error, source);
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
  if (opened === undefined) {
    return contextFor(undefined, source, { origin, request, proof: proofOf(request) });
  }
  const { session, cookies } = opened;
  return { ...services, session, source, origin, request, cookies };
}

/** The parts of `WalletSessions` that the context function needs. */
export interface ContextSources extends WalletSessionsServices, Pick<RequestReader, 'sourceOf'> {
  readonly openCookieSession?: OpenCookieSession | undefined;
}

/**
 * Creates the context function for operations over HTTP, for Apollo Server in any framework that passes on the
 * request of `node:http`, and its response if sessions are in cookies. Spread its result into the application's own
 * context.
 * @throws GraphQLError from the function, with its HTTP status: `SERVICE_UNAVAILABLE`; for a session in cookies
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
    response?: ResponseHeaders,
  ): Promise<WalletSessionsContext> => {
    const source = walletSessions.sourceOf(request);
    return { walletSessions: await openRequestContext(options, request, response, source) };
  };
}
