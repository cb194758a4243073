import { WalletSessionsError } from '../errors.js';
import type { ClientInfo, Session, SessionGrant } from '../sessions/session.js';
import { authenticate } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import { exchangeRefreshToken } from './refresh.js';
import type { Credential, Validated } from './validate.js';

/** The tokens that a client lets the server keep for it: in cookies. */
export interface PresentedTokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** What the tokens that a client lets the server keep stand for, and what has become of them. */
export interface ValidatedTokens {
  /** `undefined` where the tokens are of no valid session. */
  readonly session: Session | undefined;
  /** New tokens, which must reach the client, where the session was refreshed. */
  readonly grant?: SessionGrant | undefined;
}

type Check = (
  tokens: PresentedTokens,
  source: ClientInfo,
  options: { readonly current: boolean },
) => Promise<Session | undefined>;

type Validate = (credential: Credential | undefined, source: ClientInfo) => Validated;

/**
 * Validates a session by both its tokens, and refreshes it once its refresh window has opened. Concurrent requests get
 * the same new tokens, within the grace window; a request that presents the old tokens after another has refreshed is
 * let in by its refresh token. If the new tokens never arrive, the old ones get others until some have been used. Tokens that prove nothing make a request without a session, which no limit refuses: a
 * browser that still has the cookies of an ended session must be able to sign in, whatever others in its network do.
 * @throws WalletSessionsError from the function, if the session is in doubt: `SERVICE_UNAVAILABLE`,
 * `RATE_LIMITED`
 */
export function createAutomaticRefresh(domain: SessionDomain, validate: Validate, check: Check) {
  return async (tokens: PresentedTokens, source: ClientInfo): Promise<ValidatedTokens> => {
    const { accessToken, refreshToken } = tokens;
    const session = await validate(accessToken, source);
    if (refreshToken === undefined) return { session };
    if (session !== undefined && domain.clock.now() < session.refreshFrom) return { session };
    try {
      const grant = await exchangeRefreshToken(domain, refreshToken, source);
      if (grant !== undefined) return { session: grant.session, grant };
    } catch (error) {
      if (!(error instanceof WalletSessionsError)) throw error;
      if (error.code !== 'REFRESH_TOKEN_INVALID') {
        // A session that could not be refreshed now is still valid; the next request tries again.
        // So is one whose new tokens never arrived, and whose refreshes are used up.
        const isLost = session === undefined && error.code === 'RATE_LIMITED';
        const valid = isLost ? await check(tokens, source, { current: false }) : session;
        if (valid !== undefined) return { session: valid };
        throw error;
      }
    }
    // If the refresh token was used before, that has just ended the session: ask the store itself.
    return { session: session && (await authenticate(domain, accessToken ?? '')) };
  };
}
