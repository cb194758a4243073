import { WalletSessionsError } from '../../errors.js';
import type { Clock } from '../../clock.js';
import { hasCredential } from '../credential.js';
import type { SessionLifecycle } from '../../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session, SessionGrant } from '../../sessions/session.js';
import { isFromAllowedPage, type PageHeaders } from './allowed-page.js';
import type { PutCookies } from './put-cookies.js';
import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import type { PresentedTokens } from '../../lifecycle/validate-tokens.js';

/** The parts of a request that are read, in any server. `IncomingMessage` of Node.js is compatible. */
interface CookieRequest {
  /** Distinguishes visits from acts. */
  readonly method?: string | undefined;
  /** The cookies, and the headers that name the page. */
  readonly headers: PageHeaders & {
    readonly authorization?: string | undefined;
    readonly cookie?: string | undefined;
  };
}

/** The tokens of a browser that keeps them in cookies, and functions to change them with the answer. */
export interface TokenCookies {
  readonly refreshToken: string | undefined;
  /**
   * Call this before tokens are created.
   * @throws WalletSessionsError `HTTP_REQUIRED` if cookies cannot be set: over a WebSocket, and on a response whose headers
   * have been sent
   */
  assertSettable(): void;
  grant(grant: SessionGrant): void;
  clear(): void;
}

/** The session of one request of a browser, and its cookies. */
export interface CookieSession {
  /** Validated, and refreshed if its refresh window has opened and cookies can be set. */
  readonly session: Session | undefined;
  readonly cookies: TokenCookies;
}

interface CookieSessionsOptions {
  readonly sessions: Pick<SessionLifecycle, 'validateAndRefresh' | 'validateTokens'>;
  /** The web origins whose pages may act with the cookies of their visitors. */
  readonly origins: readonly string[];
  readonly clock: Clock;
}

/**
 * Opens the session of a request. Call it once per request. Returns `undefined` if the client does not use cookies.
 * @param put sets cookies on the answer. Without it, and once the headers of the answer have been sent, the session is
 * only validated: it is not refreshed, and no cookie changes
 */
export type OpenCookieSession = (
  request: CookieRequest,
  source: ClientInfo,
  put?: PutCookies,
) => Promise<CookieSession | undefined>;

/**
 * Sessions of browsers, in cookies that scripts cannot read. A request from an allowed page gets its tokens in cookies and
 * never in the response body. Requests with a token in a header and requests that no browser sent do not use cookies.
 * @throws WalletSessionsError from the function: `ORIGIN_NOT_ALLOWED` if a request has cookies and does not come from an
 * allowed page (CSRF); `SERVICE_UNAVAILABLE` or `RATE_LIMITED` if the session could be neither validated nor refreshed
 */
export function createCookieSessions(options: CookieSessionsOptions): OpenCookieSession {
  const { sessions, origins, clock } = options;
  const opened = new WeakMap<CookieRequest, Opened>();

  const open: OpenCookieSession = async (request, source, put) => {
    const tokens = readTokenCookies(request.headers.cookie);
    const hasTokens = tokens.accessToken !== undefined || tokens.refreshToken !== undefined;
    if (!isFromAllowedPage(request, origins)) {
      if (hasTokens) throw new WalletSessionsError('ORIGIN_NOT_ALLOWED');
      return undefined;
    }

    if (!isSettable(put)) {
      const session = await sessions.validateTokens(tokens, source);
      return { session, cookies: COOKIES_OUT_OF_REACH };
    }
    const { session, grant } = await sessions.validateAndRefresh(tokens, source);
    const cookies: TokenCookies = {
      // Not the granted token: two refreshes in one request would supersede the tokens of concurrent requests.
      refreshToken: tokens.refreshToken,
      assertSettable() {
        if (!isSettable(put)) throw new WalletSessionsError('HTTP_REQUIRED');
      },
      grant(given) {
        put(grantingCookies(given, clock.now()));
      },
      clear() {
        put(clearingCookies());
      },
    };
    // The headers were sent in the meantime. A repetition within the grace period gets the same tokens.
    if (!isSettable(put)) return { session, cookies: COOKIES_OUT_OF_REACH };
    if (grant !== undefined) cookies.grant(grant);
    else if (session === undefined && hasTokens) cookies.clear();
    return { session, cookies };
  };

  return (request, source, put) => {
    if (hasCredential(request)) return Promise.resolve(undefined);
    const before = opened.get(request);
    const settable = isSettable(put);
    if (before !== undefined && (before.settable || !settable)) return before.opening;
    const opening = open(request, source, put);
    opened.set(request, { opening, settable });
    return opening;
  };
}

interface Opened {
  readonly opening: ReturnType<OpenCookieSession>;
  /** Whether cookies could be set when it was opened. */
  readonly settable: boolean;
}

const isSettable = (put: PutCookies | undefined): put is PutCookies =>
  put !== undefined && put.isTooLate?.() !== true;

/** Cookies that cannot be changed: over a WebSocket, or after the headers have been sent. */
export const COOKIES_OUT_OF_REACH: TokenCookies = {
  refreshToken: undefined,
  assertSettable() {
    throw new WalletSessionsError('HTTP_REQUIRED');
  },
  grant() {
    throw new WalletSessionsError('HTTP_REQUIRED');
  },
  /** The answer to the next HTTP request clears the cookies of an ended session. */
  clear: () => {},
};

/**
 * Browsers accept a cookie with the prefix `__Host-` only over HTTPS (or from localhost), for this host only and with the
 * path `/`. Subdomains and plain connections can neither set nor overwrite it (RFC 6265bis, section 4.1.3.2).
 */
const ACCESS_COOKIE = '__Host-wallet-session';
const REFRESH_COOKIE = '__Host-wallet-refresh';

/** `Strict`: the API is called by scripts of pages, and not by links from other sites. */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

/** Reads the tokens from a `Cookie` header. */
function readTokenCookies(header: string | undefined): PresentedTokens {
  const cookies = parseCookie(header ?? '');
  return { accessToken: cookies[ACCESS_COOKIE], refreshToken: cookies[REFRESH_COOKIE] };
}

/** Returns the `Set-Cookie` headers that store the tokens until the idle timeout of the session. */
function grantingCookies(grant: SessionGrant, now: number): string[] {
  const maxAge = Math.max(0, Math.floor((grant.session.expiresAt - now) / 1000));
  return [
    write(ACCESS_COOKIE, grant.accessToken, maxAge),
    write(REFRESH_COOKIE, grant.refreshToken, maxAge),
  ];
}

/** Returns the `Set-Cookie` headers that remove the tokens. */
function clearingCookies(): string[] {
  return [write(ACCESS_COOKIE, '', 0), write(REFRESH_COOKIE, '', 0)];
}

function write(name: string, value: string, maxAge: number): string {
  const cookie: SetCookie = { name, value, maxAge, ...ATTRIBUTES };
  return stringifySetCookie(cookie);
}
