import { createFailures } from '../background/failure-reporter.js';
import type { Session } from '../sessions/session.js';
import { parseAccessToken } from '../sessions/token.js';
import { isSameWallet } from '../accounts/wallet.js';
import { authenticate, resumeSession } from './authenticate.js';
import type { SessionDomain } from './domain.js';
import type { Sourced } from './last-seen.js';
import type { Validated, Validation } from './validate.js';

/** How often the session of an idle connection is looked at, in milliseconds. */
export const CONNECTION_CHECK_INTERVAL = 12_000;

/** The least time that a connection has to present the successor of its token, in milliseconds. */
const SHORTEST_GRACE = 5000;

/**
 * Why a connection must be closed: its token was superseded and the successor not presented in time; its session is no
 * longer in the store; or its session could not be checked until it would have expired.
 */
export type Lapse = 'superseded' | 'ended' | 'unchecked';

/** What came of presenting an access token: `foreign` is a token of another session. */
export type Presentation = 'accepted' | 'refused' | 'foreign';

/** A connection that outlives a request, such as a WebSocket, and that a session's access token opened. */
export interface Connection {
  readonly session: Session;
  /** Whether it must be closed. From then on `validate` answers `undefined`. */
  readonly lapsed: boolean;
  /**
   * The session for one operation; `undefined` where it has ended or the connection has lapsed. Its `authenticatedAt` is
   * the time of the last signature that the connection knew of when it last presented a token, or that was given over
   * this very connection.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise
   */
  validate(source: Sourced): Validated;
  /**
   * Presents an access token anew, such as the successor of the last one.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  present(accessToken: string): Promise<Presentation>;
  /** Notes that the session was re-authenticated over this connection. */
  readonly reauthenticated: (session: Session) => void;
  /** Stops the checks. */
  release(): void;
}

/**
 * Connects a session that an access token was just validated for. The connection remembers the generation of that token.
 * Once the session is refreshed, the connection must present a newer token within the grace time of the refresh
 * (`SessionPolicy.refreshGrace`, 5 seconds at least), or it lapses: an access token that was stolen and superseded gives
 * no more over a connection than in a request. Idle connections are checked too, from memory unless the session changed.
 *
 * While the store cannot be asked, a connection that is not known to be superseded is kept until the session, as it was
 * last seen, expires.
 * @param session as validated by the token, not as it is now
 * @param onLapse called once, when the connection must be closed
 */
export type Connect = (
  session: Session,
  onLapse: (lapse: Lapse) => void,
) => Promise<Connection | undefined>;

export function createConnect(domain: SessionDomain, validate: Validation): Connect {
  const { near, policy, clock, stopping, report } = domain;
  const grace = Math.max(policy.refreshGrace, SHORTEST_GRACE);
  const failures = createFailures(
    report,
    'The sessions of open connections could not be checked: they stay open, and are checked again soon.',
  );

  return async function connect(presented, onLapse) {
    let { generation, authenticatedAt, expiresAt } = presented;
    /** When a refresh superseded the token that was presented last. */
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
      // The first refresh counts: further ones do not extend the grace.
      if (session.generation > generation) supersededAt ??= session.rotatedAt;
      if (isOverdue()) {
        lapse('superseded');
        return undefined;
      }
      return session.authenticatedAt > authenticatedAt ? { ...session, authenticatedAt } : session;
    }

    async function check(): Promise<void> {
      if (stopping.aborted) return;
      // This needs no store: presenting a token is all that could change it.
      if (isOverdue()) {
        lapse('superseded');
        return;
      }
      try {
        const session =
          near.peek(presented, clock.now()) ?? (await resumeSession(domain, presented));
        failures.passed();
        admit(session);
        // An end is told to the watchers of the wallet first, with its reason.
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
      async present(accessToken) {
        const token = parseAccessToken(accessToken);
        if (token === undefined) return 'refused';
        if (token.sessionId !== presented.id) return 'foreign';
        const session =
          near.byToken(accessToken, clock.now()) ?? (await authenticate(domain, accessToken));
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
