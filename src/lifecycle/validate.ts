import type { ClientInfo, Session } from '../sessions/session.js';
import { authenticate, resumeSession } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import { sourceOf, type LastSeen, type Sourced } from './last-seen.js';

/** What a caller shows to be let in: an access token, or the session itself, where it is established that it may act in it. */
export type Credential = string | Session;

/** At once where it is known at once: callers that need it now await only a promise. */
export type Validated = Session | undefined | Promise<Session | undefined>;

/** Validates a session: see {@link createValidation}. */
export type Validation = (credential: Credential | undefined, source: Sourced) => Validated;

/**
 * The one place where a session is validated, for every face: once per operation or request. Notes that
 * the session was seen. Answers from the near-cache where it may, else with one read of the store.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise: a session that cannot be checked
 * is not let in, and not taken for none either
 */
export function createValidation(domain: SessionDomain, lastSeen: LastSeen): Validation {
  const { near, clock } = domain;

  const ask = async (credential: Credential, source: ClientInfo): Promise<Session | undefined> => {
    const session =
      typeof credential === 'string'
        ? await authenticate(domain, credential)
        : await resumeSession(domain, credential);
    if (session !== undefined) lastSeen.note(session, source, clock.now());
    return session;
  };

  return (credential, source) => {
    if (credential === undefined) return undefined;
    // Read once: on the way of each request the clock is among what costs most.
    const now = clock.now();
    const known =
      typeof credential === 'string'
        ? near.byToken(credential, now)
        : near.bySession(credential, now);
    if (known === undefined) return ask(credential, sourceOf(source));
    lastSeen.note(known, source, now);
    return known;
  };
}
