import { WalletSessionsError } from '../errors.js';
import type { ClientInfo, Session, SessionGrant } from '../sessions/session.js';
import { authenticate } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import { exchangeRefreshToken } from './refresh.js';
import type { Validated } from './validate.js';

/** The tokens of a client that stores them in cookies. */
export interface PresentedTokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** The result of validating both tokens of a client. */
export interface ValidatedTokens {
  /** The session; `undefined` if the tokens belong to no valid session. */
  readonly session: Session | undefined;
  /** New tokens if the session was refreshed. They must reach the client. */
  readonly grant?: SessionGrant | undefined;
}

type Check = (
  tokens: PresentedTokens,
  source: ClientInfo,
  options: { readonly current: boolean },
) => Promise<Session | undefined>;

type Validate = (accessToken: string | undefined, source: ClientInfo) => Validated;

/**
 * Validates a session by both its tokens, and refreshes it once its refresh window has opened. Within the grace period,
 * concurrent requests get the same new tokens, and a request with the old tokens is accepted by its refresh token. If new
 * tokens never arrive, the old ones are exchanged again until a pair has been used. Invalid tokens yield a request without
 * a session. No rate limit applies to them: a browser that still has the cookies of an ended session must be able to sign
 * in.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` or `RATE_LIMITED` from the function, if the session could not be
 * checked
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
        // A session that could not be refreshed is still valid, and the next request tries again. So is a session whose
        // new tokens never arrived and that may not be refreshed again yet.
        const isLost = session === undefined && error.code === 'RATE_LIMITED';
        const valid = isLost ? await check(tokens, source, { current: false }) : session;
        if (valid !== undefined) return { session: valid };
        throw error;
      }
    }
    // A used refresh token may have just ended the session: ask the store.
    return { session: session && (await authenticate(domain, accessToken ?? '')) };
  };
}
