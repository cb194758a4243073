import { createFailures } from '../background/failure-reporter.js';
import { tokenOf, type AccessCredential } from '../key-binding/proof.js';
import type { ClientInfo, LazyClientInfo, Session } from '../sessions/session.js';
import { parseAccessToken } from '../sessions/token.js';
import { isSameWallet } from '../accounts/wallet.js';
import { authenticate, resumeSession } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import { needsKeyProof } from './key-proofs.js';
import type { Validated, Validation } from './validate.js';

/** How often the session of an idle connection is checked, in milliseconds. */
export const CONNECTION_CHECK_INTERVAL = 12_000;

/** The minimum time in which a connection must present the successor of its token, in milliseconds. */
const MIN_GRACE = 5000;

/**
 * Why a connection must be closed: its token was superseded and the successor was not presented in time; its session is
 * no longer in the store; or the store could not be reached until the session would have expired.
 */
export type Lapse = 'superseded' | 'ended' | 'unchecked';

/** The result of presenting an access token. `foreign`: the token belongs to another session. */
export type Presentation = 'accepted' | 'refused' | 'foreign';

/** A connection that outlives a request, such as a WebSocket, and was opened with an access token. */
export interface Connection {
  readonly session: Session;
  /** Whether the connection must be closed. `validate` then returns `undefined`. */
  readonly lapsed: boolean;
  /**
   * Returns the session for one operation; `undefined` if it has ended or the connection has lapsed. Its
   * `authenticatedAt` is the time of the last signature before the connection last presented a token, or of a later
   * signature over this connection.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise
   */
  validate(source: LazyClientInfo): Validated;
  /**
   * Presents another access token, such as the successor of the last one.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`; KeyProofRefused if the session is bound to a key
   */
  present(credential: AccessCredential, source?: ClientInfo): Promise<Presentation>;
  /** Records that the session was reauthenticated over this connection. */
  readonly reauthenticated: (session: Session) => void;
  /** Stops the checks. */
  release(): void;
}

/**
 * Connects a session whose access token was just validated. The connection remembers the generation of that token. After
 * a refresh of the session, the connection must present a newer token within the grace period (`SessionPolicy.refreshGrace`,
 * at least 5 seconds), or it lapses. A stolen and superseded access token is therefore as useless over a connection as in
 * a request. Idle connections are checked too, from memory unless the session has changed.
 *
 * While the store cannot be reached, a connection is kept until its session, as last seen, expires, unless its token is
 * known to be superseded.
 * @param session the session as validated by the token
 * @param onLapse called once, when the connection must be closed
 */
export type Connect = (
  session: Session,
  onLapse: (lapse: Lapse) => void,
) => Promise<Connection | undefined>;

export function createConnect(domain: SessionDomain, validate: Validation): Connect {
  const { near, policy, clock, stopping, report, keyProofs } = domain;
  const grace = Math.max(policy.refreshGrace, MIN_GRACE);
  const failures = createFailures(
    report,
    'The sessions of open connections could not be checked: they stay open, and are checked again soon.',
  );

  return async function connect(presented, onLapse) {
    let { generation, authenticatedAt, expiresAt } = presented;
    /** When a refresh superseded the last presented token. */
    let supersededAt: number | undefined;
    let wasMissing = false;
    let lapsed = false;
    let cancel = () => {};

    const isOverdue = () => supersededAt !== undefined && clock.now() >= supersededAt + grace;

    function lapse(why: Lapse): void {
      if (lapsed) return;
      lapsed = true;
      cancel();
      onLapse(why);
    }

    function admit(session: Session | undefined): Session | undefined {
      if (session === undefined || lapsed) return undefined;
      ({ expiresAt } = session);
      // The first refresh counts: later ones do not extend the grace period.
      if (session.generation > generation) supersededAt ??= session.rotatedAt;
      if (isOverdue()) {
        lapse('superseded');
        return undefined;
      }
      return session.authenticatedAt > authenticatedAt ? { ...session, authenticatedAt } : session;
    }

    async function check(): Promise<void> {
      if (stopping.aborted) return;
      // This needs no store: only presenting a token can change it.
      if (isOverdue()) {
        lapse('superseded');
        return;
      }
      try {
        const session =
          near.peek(presented, clock.now()) ?? (await resumeSession(domain, presented));
        failures.passed();
        admit(session);
        // The watchers of the wallet receive the end first, with its reason.
        if (session === undefined && wasMissing) lapse('ended');
        wasMissing = session === undefined;
      } catch (error) {
        failures.failed(error);
        if (isOverdue()) lapse('superseded');
        else if (clock.now() >= expiresAt) lapse('unchecked');
      }
      schedule();
    }

    function schedule(): void {
      if (lapsed) return;
      const due = supersededAt === undefined ? Infinity : supersededAt + grace - clock.now();
      cancel = clock.schedule(
        Math.max(0, Math.min(due, CONNECTION_CHECK_INTERVAL)),
        () => void check(),
      );
    }

    const current = await resumeSession(domain, presented);
    if (current === undefined) return undefined;
    ({ expiresAt } = current);
    if (current.generation > generation) supersededAt = current.rotatedAt;
    schedule();

    return {
      session: presented,
      get lapsed() {
        return lapsed;
      },
      validate(source) {
        const session = validate(presented, source);
        return session instanceof Promise ? session.then(admit) : admit(session);
      },
      async present(credential, source = {}) {
        const accessToken = tokenOf(credential);
        const token = parseAccessToken(accessToken);
        if (token === undefined) return 'refused';
        if (token.sessionId !== presented.id) return 'foreign';
        const known = near.byToken(accessToken, clock.now());
        if (known !== undefined && needsKeyProof(known, credential)) {
          await keyProofs.ofAccess(known, credential, source);
        }
        const session = known ?? (await authenticate(domain, credential, source));
        if (session === undefined || lapsed) return 'refused';
        if (!isSameWallet(session, presented)) return 'foreign';
        generation = Math.max(generation, session.generation);
        authenticatedAt = Math.max(authenticatedAt, session.authenticatedAt);
        supersededAt = undefined;
        return 'accepted';
      },
      reauthenticated: (session) => {
        authenticatedAt = Math.max(authenticatedAt, session.authenticatedAt);
      },
      release() {
        lapsed = true;
        cancel();
      },
    };
  };
}
