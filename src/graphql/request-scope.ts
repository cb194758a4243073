import type { IncomingMessage } from 'node:http';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import { putCookiesOn, type AnswerHeaders } from '../http/cookies/put-cookies.js';
import { bearerToken } from '../http/credential.js';
import type { RequestSource } from '../sessions/session.js';
import { refuse, undisclosed, type ReportError } from './errors.js';
import type { ScopeFactory } from './operation-scope.js';
import type { OperationScope, WalletSessionsServices } from './scope.js';

export interface RequestScopeOptions {
  readonly services: WalletSessionsServices;
  readonly scopeFor: ScopeFactory;
  /** Where sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly report: ReportError;
}

/** At once where the session is known at once. */
export type Opening = OperationScope | Promise<OperationScope>;

/**
 * The scope of a request over HTTP: validates its session, be it in a header or in cookies.
 * @param answer takes new cookies; needed where there may be cookies
 * @throws GraphQLError from the promise, where the session is in doubt, or is not for the page that asks
 */
export function openScope(
  options: RequestScopeOptions,
  request: IncomingMessage,
  answer: AnswerHeaders | undefined,
  source: RequestSource,
): Opening {
  const { scopeFor, openCookieSession, report } = options;
  const { authorization, origin } = request.headers;
  const token = bearerToken(authorization);
  // A bearer token has nothing to do with cookies.
  if (token === undefined && openCookieSession !== undefined) {
    const opening = openCookieSession(request, source, putCookiesOn(answer));
    return scopeOfCookies(options, opening, request, source).catch(refuseWith(report, source));
  }
  const scope = scopeFor(token, source, { origin, request });
  return scope instanceof Promise ? scope.catch(refuseWith(report, source)) : scope;
}

/** There is no operation yet that could report it. */
function refuseWith(report: ReportError, source: RequestSource) {
  return (error: unknown): never => {
    const cause = undisclosed(error);
    if (cause !== undefined) report(cause, source);
    return refuse(error);
  };
}

async function scopeOfCookies(
  { services, scopeFor }: RequestScopeOptions,
  opening: ReturnType<OpenCookieSession>,
  request: IncomingMessage,
  source: RequestSource,
): Promise<OperationScope> {
  const { origin } = request.headers;
  const opened = await opening;
  if (opened === undefined) return scopeFor(undefined, source, { origin, request });
  const { session, cookies } = opened;
  return { ...services, session, source, origin, request, cookies };
}
