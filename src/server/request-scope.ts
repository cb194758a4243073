import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { OpenCookieSession } from '../cookies/cookie-session.js';
import { refuse, undisclosed, type ReportError } from '../graphql/errors.js';
import type { ScopeFactory } from '../graphql/operation-scope.js';
import type { OperationScope, WalletSessionsServices } from '../graphql/scope.js';
import { bearerToken } from '../request/credential.js';
import type { RequestSource } from '../session/session.js';

export interface RequestScopeOptions {
  readonly services: WalletSessionsServices;
  readonly scopeFor: ScopeFactory;
  /** Where sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly report: ReportError;
}

/** The scope of a request over HTTP. */
export interface OpenedScope {
  readonly scope: OperationScope;
  /** The `Set-Cookie` headers for the answer, once it is known. */
  readonly setCookies?: (() => readonly string[]) | undefined;
}

/** At once where the session is known at once. */
export type Opening = OpenedScope | Promise<OpenedScope>;

/**
 * Validates the session of a request, be it in a header or in cookies.
 * @throws GraphQLError from the promise, where the session is in doubt, or is not for the page that asks
 */
export function openScope(
  options: RequestScopeOptions,
  { headers }: IncomingMessage,
  source: RequestSource,
): Opening {
  const { scopeFor, openCookieSession, report } = options;
  const { authorization, origin } = headers;
  // A bearer token has nothing to do with cookies.
  if (authorization === undefined && openCookieSession !== undefined) {
    return openScopeOfCookies(options, openCookieSession, headers, source).catch(
      refuseWith(report, source),
    );
  }
  const scope = scopeFor(bearerToken(authorization), source, { origin });
  if (!(scope instanceof Promise)) return { scope };
  return scope.then((value) => ({ scope: value }), refuseWith(report, source));
}

/** There is no operation yet that could report it. */
function refuseWith(report: ReportError, source: RequestSource) {
  return (error: unknown): never => {
    const cause = undisclosed(error);
    if (cause !== undefined) report(cause, source);
    return refuse(error);
  };
}

async function openScopeOfCookies(
  { services, scopeFor }: RequestScopeOptions,
  openCookieSession: OpenCookieSession,
  headers: IncomingHttpHeaders,
  source: RequestSource,
): Promise<OpenedScope> {
  const { origin } = headers;
  const opened = await openCookieSession(headers, source);
  if (opened === undefined) return { scope: await scopeFor(undefined, source, { origin }) };
  const { session, cookies, setCookies } = opened;
  return { scope: { ...services, session, source, origin, cookies }, setCookies };
}
