import { createFailures, type Failures } from '../background/failure-reporter.js';
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
  reauthenticated(session: Session): void;
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
  const { policy, report } = domain;
  const shared: Shared = {
    domain,
    validate,
    grace: Math.max(policy.refreshGrace, MIN_GRACE),
    failures: createFailures(
      report,
      'The sessions of open connections could not be checked: they stay open, and are checked again soon.',
    ),
  };
  return async (presented, onLapse) => {
    const current = await resumeSession(domain, presented);
    return current && new CheckedConnection(shared, presented, current, onLapse);
  };
}

/** What all connections of an instance share. */
interface Shared {
  readonly domain: SessionDomain;
  readonly validate: Validation;
  /** Milliseconds in which a connection must present the successor of its token. */
  readonly grace: number;
  readonly failures: Failures;
}

/** A class, so that all connections share its methods: an instance has tens of thousands of them. */
class CheckedConnection implements Connection {
  lapsed = false;
  private generation: number;
  private authenticatedAt: number;
  private expiresAt: number;
  /** When a refresh superseded the last presented token. */
  private supersededAt: number | undefined = undefined;
  private wasMissing = false;
  private cancel: () => void;

  /** @param current the session as it is now */
  constructor(
    private readonly shared: Shared,
    readonly session: Session,
    current: Session,
    private readonly onLapse: (lapse: Lapse) => void,
  ) {
    this.generation = session.generation;
    this.authenticatedAt = session.authenticatedAt;
    this.expiresAt = current.expiresAt;
    if (current.generation > session.generation) this.supersededAt = current.rotatedAt;
    this.cancel = this.schedule();
  }

  validate(source: LazyClientInfo): Validated {
    const session = this.shared.validate(this.session, source);
    return session instanceof Promise
      ? session.then((validated) => this.admit(validated))
      : this.admit(session);
  }

  async present(credential: AccessCredential, source: ClientInfo = {}): Promise<Presentation> {
    const { domain } = this.shared;
    const { near, clock, keyProofs } = domain;
    const accessToken = tokenOf(credential);
    const token = parseAccessToken(accessToken);
    if (token === undefined) return 'refused';
    if (token.sessionId !== this.session.id) return 'foreign';
    const known = near.byToken(accessToken, clock.now());
    if (known !== undefined && needsKeyProof(known, credential)) {
      await keyProofs.ofAccess(known, credential, source);
    }
    const session = known ?? (await authenticate(domain, credential, source));
    if (session === undefined || this.lapsed) return 'refused';
    if (!isSameWallet(session, this.session)) return 'foreign';
    this.generation = Math.max(this.generation, session.generation);
    this.authenticatedAt = Math.max(this.authenticatedAt, session.authenticatedAt);
    this.supersededAt = undefined;
    return 'accepted';
  }

  reauthenticated(session: Session): void {
    this.authenticatedAt = Math.max(this.authenticatedAt, session.authenticatedAt);
  }

  release(): void {
    this.lapsed = true;
    this.cancel();
  }

  private isOverdue(): boolean {
    const { domain, grace } = this.shared;
    return this.supersededAt !== undefined && domain.clock.now() >= this.supersededAt + grace;
  }

  private lapse(why: Lapse): void {
    if (this.lapsed) return;
    this.release();
    this.onLapse(why);
  }

  private admit(session: Session | undefined): Session | undefined {
    if (session === undefined || this.lapsed) return undefined;
    this.expiresAt = session.expiresAt;
    // The first refresh counts: later ones do not extend the grace period.
    if (session.generation > this.generation) this.supersededAt ??= session.rotatedAt;
    if (this.isOverdue()) {
      this.lapse('superseded');
      return undefined;
    }
    const { authenticatedAt } = this;
    return session.authenticatedAt > authenticatedAt ? { ...session, authenticatedAt } : session;
  }

  private async check(): Promise<void> {
    const { domain, failures } = this.shared;
    const { near, clock, stopping } = domain;
    if (stopping.aborted) return;
    // This needs no store: only presenting a token can change it.
    if (this.isOverdue()) {
      this.lapse('superseded');
      return;
    }
    try {
      const session =
        near.peek(this.session, clock.now()) ?? (await resumeSession(domain, this.session));
      failures.passed();
      this.admit(session);
      // The watchers of the wallet receive the end first, with its reason.
      if (session === undefined && this.wasMissing) this.lapse('ended');
      this.wasMissing = session === undefined;
    } catch (error) {
      failures.failed(error);
      if (this.isOverdue()) this.lapse('superseded');
      else if (clock.now() >= this.expiresAt) this.lapse('unchecked');
    }
    if (!this.lapsed) this.cancel = this.schedule();
  }

  private schedule(): () => void {
    const { domain, grace } = this.shared;
    const { clock } = domain;
    const due =
      this.supersededAt === undefined ? Infinity : this.supersededAt + grace - clock.now();
    const delay = Math.max(0, Math.min(due, CONNECTION_CHECK_INTERVAL));
    return clock.schedule(delay, () => void this.check());
  }
}
