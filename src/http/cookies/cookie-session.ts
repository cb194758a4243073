import { WalletSessionsError } from '../../errors.js';
import type { Clock } from '../../clock.js';
import { hasCredential } from '../credential.js';
import { KeyProofRefused } from '../../key-binding/refusal.js';
import type { ValidatedTokens } from '../../lifecycle/validate-tokens.js';
import type { SessionLifecycle } from '../../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session, SessionGrant } from '../../sessions/session.js';
import { isFromAllowedPage, type PageHeaders } from './allowed-page.js';
import type { PutCookies } from './put-cookies.js';
import { clearingCookies, grantingCookies, readTokenCookies } from './token-cookies.js';

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

/** The tokens of a browser that keeps them in cookies, and functions to change them with the response. */
export interface TokenCookies {
  readonly refreshToken: string | undefined;
  /** The short-lived cookie of a browser whose session is bound to its device. */
  readonly deviceCookie: string | undefined;
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
  /** The headers by which the response to a sign-in offers the browser to bind the session to its device. Default: none. */
  readonly offerDeviceBinding?:
    ((session: Session) => Readonly<Record<string, string>>) | undefined;
}

/**
 * Opens the session of a request. Call it once per request. Returns `undefined` if the client does not use cookies.
 * @param put sets cookies on the response. Without it, and once the headers of the response have been sent, the session is
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
  const { sessions, origins, clock, offerDeviceBinding } = options;
  const opened = new WeakMap<CookieRequest, Opened>();

  const open: OpenCookieSession = async (request, source, put) => {
    const tokens = readTokenCookies(request.headers.cookie);
    const hasTokens = tokens.accessToken !== undefined || tokens.refreshToken !== undefined;
    if (!isFromAllowedPage(request, origins)) {
      if (hasTokens) throw new WalletSessionsError('ORIGIN_NOT_ALLOWED');
      return undefined;
    }

    if (!isSettable(put)) {
      const session = await unlessOfAnotherDevice(sessions.validateTokens(tokens, source));
      return { session: session === false ? undefined : session, cookies: COOKIES_OUT_OF_REACH };
    }
    const validated = await unlessOfAnotherDevice(sessions.validateAndRefresh(tokens, source));
    const { session, grant } = validated === false ? NOTHING : validated;
    const cookies: TokenCookies = {
      // Not the granted token: two refreshes in one request would supersede the tokens of concurrent requests.
      refreshToken: tokens.refreshToken,
      deviceCookie: tokens.deviceCookie,
      assertSettable() {
        if (!isSettable(put)) throw new WalletSessionsError('HTTP_REQUIRED');
      },
      grant(given) {
        put(grantingCookies(given, clock.now()), offerDeviceBinding?.(given.session));
      },
      clear() {
        put(clearingCookies());
      },
    };
    // The headers were sent in the meantime. A repetition within the grace period gets the same tokens.
    if (!isSettable(put)) return { session, cookies: COOKIES_OUT_OF_REACH };
    if (grant !== undefined) cookies.grant(grant);
    else if (validated !== false && session === undefined && hasTokens) cookies.clear();
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

const NOTHING: ValidatedTokens = { session: undefined };

/**
 * False if the session is bound to a device and the request has no cookie of it. The request is then one without a session,
 * so that somebody can sign in. The cookies stay: they may be those of the owner, who can still prove the device.
 */
async function unlessOfAnotherDevice<Validated>(
  validating: Promise<Validated>,
): Promise<Validated | false> {
  try {
    return await validating;
  } catch (error) {
    if (error instanceof KeyProofRefused && error.refusal === 'DEVICE') return false;
    throw error;
  }
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
  deviceCookie: undefined,
  assertSettable() {
    throw new WalletSessionsError('HTTP_REQUIRED');
  },
  grant() {
    throw new WalletSessionsError('HTTP_REQUIRED');
  },
  /** The response to the next HTTP request clears the cookies of an ended session. */
  clear: () => {},
};
