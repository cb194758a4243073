import { WalletSessionsError } from '../../errors.js';
import type { RequestSource, Session, SessionGrant } from '../session.js';
import { authenticate } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import { refreshSession } from './refresh.js';
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

type Validate = (credential: Credential | undefined, source: RequestSource) => Validated;

/**
 * Validates a session by both its tokens, and refreshes it where its refresh window has opened. Of
 * requests at the same time each gets the same new tokens, within the grace window; a request that
 * comes with the old ones after another has refreshed is let in by its refresh token.
 * @throws WalletSessionsError from the function, where the session is in doubt: `SERVICE_UNAVAILABLE`,
 * `RATE_LIMITED`
 */
export function createAutomaticRefresh(domain: SessionDomain, validate: Validate) {
  return async (
    { accessToken, refreshToken }: PresentedTokens,
    source: RequestSource,
  ): Promise<ValidatedTokens> => {
    const session = await validate(accessToken, source);
    if (refreshToken === undefined) return { session };
    if (session !== undefined && domain.clock.now() < session.refreshFrom) return { session };
    try {
      const grant = await refreshSession(domain, refreshToken, source);
      return { session: grant.session, grant };
    } catch (error) {
      if (!(error instanceof WalletSessionsError)) throw error;
      // Where it was used before, that has ended the session just now: ask the store itself.
      if (error.code === 'REFRESH_TOKEN_INVALID') {
        return { session: session && (await authenticate(domain, accessToken ?? '')) };
      }
      // Not refreshed now, it is valid all the same; the next request tries again.
      if (session !== undefined) return { session };
      throw error;
    }
  };
}
