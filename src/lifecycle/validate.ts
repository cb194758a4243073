import type { ClientInfo, Session } from '../sessions/session.js';
import { authenticate, resumeSession } from './authenticate.js';
import { tokenOf, type AccessCredential } from '../key-binding/proof.js';
import type { SessionDomain } from './domain.js';
import { needsKeyProof } from './key-proofs.js';
import type { LastSeen } from './last-seen.js';
import { sourceOf, type Sourced } from './sourced.js';

/** At once where it is known at once: callers that need it now await only a promise. */
export type Validated = Session | undefined | Promise<Session | undefined>;

/**
 * Validates a session: see {@link createValidation}.
 * @param of an access token, with a proof of the key of a bound session; or a session that was validated before
 */
export type Validation = (of: AccessCredential | Session | undefined, source: Sourced) => Validated;

/**
 * The one place where a session is validated, for every face: once per operation or request. Notes that
 * the session was seen. Answers from the near-cache where it may, else with one read of the store.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise: a session that cannot be checked
 * is not let in, and not taken for none either; KeyProofRefused from the promise where the session is bound to a key
 */
export function createValidation(domain: SessionDomain, lastSeen: LastSeen): Validation {
  const { near, clock, keyProofs } = domain;

  const ask = async (
    credential: AccessCredential | Session,
    source: ClientInfo,
  ): Promise<Session | undefined> => {
    const session = isSession(credential)
      ? await resumeSession(domain, credential)
      : await authenticate(domain, credential, source);
    if (session !== undefined) lastSeen.note(session, source, clock.now());
    return session;
  };

  const prove = async (session: Session, credential: AccessCredential, source: Sourced) => {
    await keyProofs.ofAccess(session, credential, source);
    lastSeen.note(session, source, clock.now());
    return session;
  };

  return (credential, source) => {
    if (credential === undefined) return undefined;
    // Read once: on the way of each request the clock is among what costs most.
    const now = clock.now();
    if (isSession(credential)) {
      const known = near.bySession(credential, now);
      if (known === undefined) return ask(credential, sourceOf(source));
      lastSeen.note(known, source, now);
      return known;
    }
    const known = near.byToken(tokenOf(credential), now);
    if (known === undefined) return ask(credential, sourceOf(source));
    if (needsKeyProof(known, credential)) return prove(known, credential, source);
    lastSeen.note(known, source, now);
    return known;
  };
}

const isSession = (credential: AccessCredential | Session): credential is Session =>
  typeof credential === 'object' && 'id' in credential;
