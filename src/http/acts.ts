import { WalletSessionsError } from '../errors.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Revocation, Session, SessionGrant } from '../sessions/session.js';
import type { PresentedProof } from '../key-binding/proof.js';
import type { SignIn, SignInRequest } from '../sign-in/sign-in.js';
import type { TokenCookies } from './cookies/cookie-session.js';

/**
 * A request of a client that acts on its own sessions. Its tokens are in the response or, with `cookies`, in cookies and
 * never in the response.
 */
export interface ActingClient {
  readonly sessions: SessionLifecycle;
  readonly signIn: SignIn;
  /** The session of the request, if it has a valid one. */
  readonly session: Session | undefined;
  readonly source: ClientInfo;
  /** The cookies of the client, if it keeps its tokens in cookies. */
  readonly cookies?: TokenCookies | undefined;
  /** The request of the application's server, for the hooks of a sign-in. */
  readonly request?: unknown;
  /** The proof of a key in the request (DPoP, RFC 9449), for sign-in and refresh. */
  readonly proof?: PresentedProof | undefined;
  readonly report: (error: unknown, source?: ClientInfo) => void;
}

/** Completes a sign-in. The previous session of a browser with cookies ends. @throws like `SignIn.complete`, `HTTP_REQUIRED` */
export async function completeSignIn(
  client: ActingClient,
  given: Omit<SignInRequest, 'request' | 'proof'>,
): Promise<SessionGrant> {
  const { signIn, source, cookies, request, proof } = client;
  cookies?.assertSettable();
  const grant = await signIn.complete({ ...given, request, proof }, source);
  if (cookies !== undefined) await endReplaced(client);
  cookies?.grant(grant);
  return grant;
}

/** Revokes the session whose cookies are about to be replaced: nobody will have its tokens (OWASP ASVS 5.0, 7.2.4). */
async function endReplaced({ sessions, session, source, report }: ActingClient): Promise<void> {
  if (session === undefined) return;
  try {
    await sessions.revoke({ wallet: session, sessionId: session.id, reason: 'LOGOUT', source });
  } catch (error) {
    // It may have ended in the meantime. If the store does not answer, it expires by itself.
    const hasEnded = error instanceof WalletSessionsError && error.code === 'SESSION_NOT_FOUND';
    if (!hasEnded) report(error, source);
  }
}

/**
 * Exchanges a refresh token, by default the one in the cookies.
 * @throws like `SessionLifecycle.refresh`, `HTTP_REQUIRED`
 */
export async function refreshClient(
  { sessions, source, cookies, proof }: ActingClient,
  refreshToken: string | null | undefined,
): Promise<SessionGrant> {
  cookies?.assertSettable();
  const token = refreshToken ?? cookies?.refreshToken ?? '';
  const grant = await sessions.refresh(token, source, cookies ?? proof);
  cookies?.grant(grant);
  return grant;
}

/** Logs out a session in the name of the current one, by default itself. @throws like `SessionLifecycle.logout` */
export async function logoutClient(
  { sessions, source, cookies }: ActingClient,
  current: Session,
  sessionId: string | null | undefined,
): Promise<Revocation> {
  const ended = await sessions.logout(current, sessionId ?? current.id, source);
  if (ended.sessionId === current.id) cookies?.clear();
  return ended;
}

/** Logs out all sessions in the name of the current one. @throws like `SessionLifecycle.logoutAll` */
export async function logoutClientEverywhere(
  { sessions, source, cookies }: ActingClient,
  current: Session,
  keepCurrent: boolean,
): Promise<Revocation[]> {
  const ended = await sessions.logoutAll(current, { keepCurrent }, source);
  if (!keepCurrent) cookies?.clear();
  return ended;
}
