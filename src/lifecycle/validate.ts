import {
  readClientInfo,
  type ClientInfo,
  type LazyClientInfo,
  type Session,
} from '../sessions/session.js';
import { authenticate, resumeSession } from './authenticate.js';
import { tokenOf, type AccessCredential } from '../key-binding/proof.js';
import type { SessionDomain } from './domain.js';
import { needsKeyProof } from './key-proofs.js';
import { createBoundedCache } from '../bounded-cache.js';
import { encryptDetails } from '../sessions/details.js';
import { createFailures } from '../background/failure-reporter.js';
import { partitionOf } from '../accounts/wallet.js';

/** The session, `undefined` for no valid session, or a promise of either. Returned synchronously on a hit of the near-cache. */
export type Validated = Session | undefined | Promise<Session | undefined>;

/**
 * Validates a session: see {@link createValidation}.
 * @param of an access token, with a proof of the key of a bound session; or a session that was validated before
 */
export type Validation = (
  of: AccessCredential | Session | undefined,
  source: LazyClientInfo,
) => Validated;

/**
 * Creates the function with which every transport validates sessions, once per operation or request. It notes that the
 * session was seen. It answers from the near-cache if possible, otherwise with one read of the store.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise, if the session cannot be checked; KeyProofRefused from
 * the promise, if the session is bound to a key
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

  const prove = async (session: Session, credential: AccessCredential, source: LazyClientInfo) => {
    await keyProofs.ofAccess(session, credential, source);
    lastSeen.note(session, source, clock.now());
    return session;
  };

  return (credential, source) => {
    if (credential === undefined) return undefined;
    // Read once: reading the clock is a noticeable part of the cost of a request.
    const now = clock.now();
    if (isSession(credential)) {
      const known = near.bySession(credential, now);
      if (known === undefined) return ask(credential, readClientInfo(source));
      lastSeen.note(known, source, now);
      return known;
    }
    const known = near.byToken(tokenOf(credential), now);
    if (known === undefined) return ask(credential, readClientInfo(source));
    if (needsKeyProof(known, credential)) return prove(known, credential, source);
    lastSeen.note(known, source, now);
    return known;
  };
}

const isSession = (credential: AccessCredential | Session): credential is Session =>
  typeof credential === 'object' && 'id' in credential;

/** Keeps last-seen times approximately current, in the background. */
export interface LastSeen {
  /** Records that the session was used at `now`. Returns immediately. */
  note(session: Session, source: LazyClientInfo, now: number): void;
  /** Resolves when all updates have been written or have failed. */
  flush(): Promise<void>;
}

/** The maximum number of sessions whose last failure is remembered. */
const MAX_FAILED = 50_000;

/** Writes at most one update per session and `lastSeenInterval`. A failed update is reported and not retried. */
export function createLastSeen({ store, keys, policy, report }: SessionDomain): LastSeen {
  const failures = createFailures(
    report,
    'When sessions were last seen could not be written: what they are told of it stays as it was.',
  );
  const inFlight = new Map<string, Promise<void>>();
  /** The times of failed updates, by session. */
  const failedAt = createBoundedCache<string, number>(MAX_FAILED);

  /** Without this, each request would retry while the store can be read but not written. */
  function hasJustFailed(id: string, now: number): boolean {
    const at = failedAt.get(id);
    return at !== undefined && now - at < policy.lastSeenInterval;
  }

  return {
    note(session, source, now) {
      if (now - session.lastSeenAt < policy.lastSeenInterval || inFlight.has(session.id)) return;
      if (hasJustFailed(session.id, now)) return;
      const partition = partitionOf(session);
      // Without an address of the client, the last one stays.
      const { ipAddress = session.ipAddress } = readClientInfo(source);
      const seen = { ...session, lastSeenAt: now, ipAddress };
      const details = encryptDetails(keys, partition, session, seen);
      const update = store
        .touch(partition, session.id, details, session.authenticatedAt)
        .then(
          () => {
            failures.passed();
          },
          (error: unknown) => {
            failedAt.set(session.id, now);
            failures.failed(error);
          },
        )
        .finally(() => inFlight.delete(session.id));
      inFlight.set(session.id, update);
    },
    async flush() {
      await Promise.all(inFlight.values());
    },
  };
}
