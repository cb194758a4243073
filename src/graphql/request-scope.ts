import type { IncomingMessage } from 'node:http';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import { putCookiesOn, type AnswerHeaders } from '../http/cookies/put-cookies.js';
import { bearerToken } from '../http/credential.js';
import type { ClientInfo } from '../sessions/session.js';
import { refuse, undisclosed, type ReportError } from './errors.js';
import type { RequestContextFactory } from './operation-scope.js';
import type { RequestContext, WalletSessionsServices } from './scope.js';

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
