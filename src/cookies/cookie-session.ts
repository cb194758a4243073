import { WalletSessionsError } from '../errors.js';
import type { TokenCookies } from '../graphql/scope.js';
import type { Clock } from '../session/clock.js';
import type { SessionLifecycle } from '../session/lifecycle/index.js';
import type { RequestSource, Session } from '../session/session.js';
import { isFromAllowedPage, type PageHeaders } from './allowed-page.js';
import { clearingCookies, grantingCookies, readTokenCookies } from './token-cookies.js';

/** What is read of a request, whatever server it came to; `IncomingMessage.headers` of Node.js fits. */
export interface CookieRequestHeaders extends PageHeaders {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/** The session of one request of a browser, and what becomes of its cookies. */
export interface CookieSession {
  /** Validated, and refreshed where its refresh window has opened. */
  readonly session: Session | undefined;
  readonly cookies: TokenCookies;
  /** The `Set-Cookie` headers for the answer, once it is known. */
  readonly setCookies: () => readonly string[];
}

export interface CookieSessionsOptions {
  readonly sessions: Pick<SessionLifecycle, 'validateAndRefresh'>;
  /** The web origins whose pages may act with the cookies of their visitors. */
  readonly origins: readonly string[];
  readonly clock: Clock;
}

/** Opens the session of a request; `undefined` where its tokens do not travel in cookies. */
export type OpenCookieSession = (
  headers: CookieRequestHeaders,
  source: RequestSource,
) => Promise<CookieSession | undefined>;

/**
 * Sessions of browsers, in cookies that scripts cannot read. A request from an allowed page gets its
 * tokens in cookies and never in an answer; one with a bearer token, or of no browser, has nothing to do
 * with cookies.
 * @throws WalletSessionsError from the function: `ORIGIN_NOT_ALLOWED` where a request has cookies and
 * does not come from an allowed page (CSRF); `SERVICE_UNAVAILABLE`, `RATE_LIMITED` where the session
 * could be neither validated nor refreshed
 */
export function createCookieSessions(options: CookieSessionsOptions): OpenCookieSession {
  const { sessions, origins, clock } = options;
  return async (headers, source) => {
    if (headers.authorization !== undefined) return undefined;
    const tokens = readTokenCookies(headers.cookie);
    const hasTokens = tokens.accessToken !== undefined || tokens.refreshToken !== undefined;
    if (!isFromAllowedPage(headers, origins)) {
      if (hasTokens) throw new WalletSessionsError('ORIGIN_NOT_ALLOWED');
      return undefined;
    }

    const { session, grant } = await sessions.validateAndRefresh(tokens, source);
    let changes: readonly string[] = [];
    const cookies: TokenCookies = {
      // Not that of the grant: to refresh twice in one request would leave those behind that came with it.
      refreshToken: tokens.refreshToken,
      grant(given) {
        changes = grantingCookies(given, clock.now());
      },
      clear() {
        changes = clearingCookies();
      },
    };
    if (grant !== undefined) cookies.grant(grant);
    else if (session === undefined && hasTokens) cookies.clear();
    return { session, cookies, setCookies: () => changes };
  };
}
