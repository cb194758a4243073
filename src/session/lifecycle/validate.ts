import type { RequestSource, Session } from '../session.js';
import { authenticate, resumeSession } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import type { LastSeen } from './last-seen.js';

/** What somebody shows to be let in: an access token, or (a socket) the session that it is tied to. */
export type Credential = string | Session;

/**
 * The one place where a session is validated, for every face: once per operation or request. Notes that
 * the session was seen.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the function: a session that cannot be checked
 * is not let in, and not taken for none either
 */
export function createValidation(domain: SessionDomain, lastSeen: LastSeen) {
  return async (
    credential: Credential | undefined,
    source: RequestSource,
  ): Promise<Session | undefined> => {
    if (credential === undefined) return undefined;
    const session =
      typeof credential === 'string'
        ? await authenticate(domain, credential)
        : await resumeSession(domain, credential);
    if (session !== undefined) lastSeen.note(session, source);
    return session;
  };
}
