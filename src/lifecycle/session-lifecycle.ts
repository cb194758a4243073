import type { NearCacheStatistics } from '../near-cache/near-cache.js';
import {
  assertRevokeReason,
  type ClientInfo,
  type Revocation,
  type Session,
  type SessionGrant,
  type SessionReference,
} from '../sessions/session.js';
import type { PageRequest, RevocationFeed, Watch } from '../sessions/store.js';
import type { ValidationTally } from './validation-tally.js';
import type { AccessCredential, RefreshProof } from '../key-binding/proof.js';
import { partitionOf, type Wallet, type WalletIdentity } from '../accounts/wallet.js';
import { authenticate, resumeSession } from './authenticate.js';
import {
  createAutomaticRefresh,
  createTokenCheck,
  type PresentedTokens,
  type ValidatedTokens,
} from './validate-tokens.js';
import { bindToDevice } from './bind-device.js';
import { createConnect, type Connect } from './connect.js';
import {
  createSession,
  isFreshlyAuthenticated,
  reauthenticateSession,
  type NewSession,
} from './create.js';
import type { SessionDomain } from './domain.js';
import { createLastSeen, createValidation, type LastSeen, type Validation } from './validate.js';
import {
  governedWallets,
  listGovernedPage,
  listSessionPage,
  listSessions,
  type SessionPage,
} from './list.js';
import { createPlaces, type PlaceOf } from './places.js';
import { refreshSession } from './refresh.js';
import { logoutAllSessions, logoutSession, type LogoutAllRequest } from './logout.js';
import {
  revokeAllSessions,
  revokeSession,
  type RevokeAllRequest,
  type RevokeRequest,
} from './revoke.js';
import { createRevocationWatch } from './watch.js';

/**
 * The operations on sessions, bound to a store, keys, a policy and a clock.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every promise, if the store does not answer
 */
export interface SessionLifecycle {
  /**
   * Creates a session for an authenticated wallet.
   * @throws WalletSessionsError `SESSION_LIMIT_REACHED` if the limit is reached and the policy is to refuse
   */
  create(session: NewSession, source: ClientInfo): Promise<SessionGrant>;
  /**
   * Resolves to the session of an access token, or to `undefined` for an invalid token. Reads the store once.
   * @throws WalletSessionsError `KEY_PROOF_REQUIRED`, `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED` if the session is
   * bound to a key
   */
  authenticate(credential: AccessCredential, source?: ClientInfo): Promise<Session | undefined>;
  /** Resolves to the current state of a session, whatever its tokens, or to `undefined` if it has ended. */
  resume(named: SessionReference): Promise<Session | undefined>;
  /**
   * Validates a session for an operation or request, and notes that it was seen. Returns synchronously if the near-cache has
   * the session, otherwise a promise: `await` accepts both.
   */
  readonly validate: Validation;
  /**
   * Connects a session that was just validated by an access token, for a connection that outlives requests: see
   * {@link Connect}. Resolves to `undefined` if the session has ended meanwhile.
   */
  readonly connect: Connect;
  /**
   * Validates a session by both its tokens, and refreshes it if its refresh window has opened.
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  validateAndRefresh(tokens: PresentedTokens, source: ClientInfo): Promise<ValidatedTokens>;
  /**
   * Validates a session by both its tokens without refreshing it, for callers that cannot give the client new tokens, such
   * as a forward-auth endpoint or a component that renders after the headers were sent.
   */
  validateTokens(tokens: PresentedTokens, source: ClientInfo): Promise<Session | undefined>;
  /**
   * Exchanges a refresh token for a new pair of tokens and extends the idle timeout. Within the grace period, a repetition
   * yields the same pair. A later use revokes the session, unless the new pair was never used: then another pair replaces it.
   * @param proof a proof of the key that the session is bound to, from `proofOf(request)`. Without it, the token of a bound
   * session has no effect
   * @throws WalletSessionsError `REFRESH_TOKEN_INVALID`, for any reason; `RATE_LIMITED`; `KEY_PROOF_REQUIRED`,
   * `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED` if the session is bound to a key
   */
  refresh(refreshToken: string, source: ClientInfo, proof?: RefreshProof): Promise<SessionGrant>;
  /**
   * Records that the session's wallet has just signed again. Tokens and timeouts do not change.
   * @throws WalletSessionsError `UNAUTHENTICATED` if the session has ended
   */
  reauthenticate(session: Session, source: ClientInfo): Promise<Session>;
  /**
   * Binds a session in cookies to the key of its browser's device. The first binding is the only one.
   * @param keyThumbprint RFC 7638, SHA-256, base64url
   * @returns false if the session has been bound or reauthenticated meanwhile, or has ended
   */
  bindToDevice(session: Session, keyThumbprint: string, source: ClientInfo): Promise<boolean>;
  /** Whether the wallet signed within the last `window` milliseconds. Default: `SessionPolicy.freshWindow`. */
  isFresh(session: Session, window?: number): boolean;
  /** Resolves to the wallet's active sessions, newest first. */
  list(wallet: Wallet): Promise<Session[]>;
  /**
   * Resolves to a page of the wallet's active sessions, newest first: at most `first` sessions that follow `after`, the `end`
   * of the previous page.
   */
  listPage(wallet: Wallet, page: PageRequest): Promise<SessionPage>;
  /**
   * Returns the wallets whose sessions a session may list and log out: its own wallet and, for an EOA, the
   * contracts at its address on each chain on which contracts can sign in. The account has delegated to their code
   * (EIP-7702).
   */
  governedBy(by: WalletIdentity): readonly WalletIdentity[];
  /** Resolves to a page of the active sessions of all these wallets, newest first. */
  listGovernedPage(by: WalletIdentity, page: PageRequest): Promise<SessionPage>;
  /**
   * Resolves to where the session was last used, as the option `describePlace` has it; to `undefined` if that is not known or
   * takes longer than a second. For lists that people read: do not call it for each request.
   */
  readonly placeOf: PlaceOf;
  /**
   * Logs out a session at the request of a client, on behalf of the client's own session: that session itself or another of
   * the same wallet. A session may log out sessions whose wallet signed no later than its own, and any session while it is
   * fresh (`SessionPolicy.freshWindow`), so that a stolen token cannot log out sessions that the owner starts later. By the same
   * rule, a session of an account may log out sessions of contracts at its address ({@link SessionLifecycle.governedBy}).
   * @param by the client's session
   * @param id the id of the session to log out
   * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED` if `by` may not log it out; `SESSION_NOT_FOUND` if the wallet has
   * no session with that id; `UNAUTHENTICATED` if `by` has ended; `RATE_LIMITED`, but never for `by` itself
   */
  logout(by: Session, id: string, source: ClientInfo): Promise<Revocation>;
  /**
   * Logs out every session that the wallet has when the call begins, on behalf of one of them; with `keepCurrent`, every
   * other one. The rule of `logout` applies. If `by` may not log out one of them, none is logged out.
   * @param by the client's session
   * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`; `UNAUTHENTICATED` if `by` has ended; `RATE_LIMITED`
   */
  logoutAll(by: Session, which: LogoutAllRequest, source: ClientInfo): Promise<Revocation[]>;
  /**
   * Revokes one session of a wallet by the server's own decision, without the rule of `logout`.
   * @throws WalletSessionsError `SESSION_NOT_FOUND` if the wallet has no active session with that id; TypeError for a
   * reason that is not one of `REVOKE_REASONS`
   */
  revoke(request: RevokeRequest): Promise<Revocation>;
  /**
   * Revokes every session that the wallet has when the call begins, or all but one, by the server's own decision. Up to
   * 500 sessions are revoked in one atomic step, more in several steps.
   * @throws TypeError for a reason that is not one of `REVOKE_REASONS`
   */
  revokeAll(request: RevokeAllRequest): Promise<Revocation[]>;
  /**
   * Calls `listener` once for each end of one of the wallet's sessions, in order; with `after`, first for the ends since that
   * cursor. If a failover of the store undoes an end, it may be delivered again when the session ends again.
   * @throws RangeError for an invalid cursor
   */
  watch(wallet: Wallet, listener: (revocation: Revocation) => void, after?: string): Promise<Watch>;
  /**
   * Returns the first `max` ends of the wallet's sessions after that cursor, in order, as far as the store still keeps them.
   * @throws RangeError for an invalid cursor
   */
  endsAfter(wallet: Wallet, cursor: string, max: number): Promise<Revocation[]>;
  readonly lastSeen: LastSeen;
  /** Returns the statistics of the near-cache. */
  readonly nearCache: () => NearCacheStatistics;
  /** Returns the outcomes of the validations that the near-cache did not answer. */
  readonly validations: ValidationTally['statistics'];
}

export function createSessionLifecycle(
  domain: SessionDomain,
  feed: RevocationFeed,
): SessionLifecycle {
  const lastSeen = createLastSeen(domain);
  const validate = createValidation(domain, lastSeen);
  const validateTokens = createTokenCheck(domain, validate);
  return {
    create: (...args) => createSession(domain, ...args),
    authenticate: (...args) => authenticate(domain, ...args),
    resume: (...args) => resumeSession(domain, ...args),
    validate,
    connect: createConnect(domain, validate),
    validateAndRefresh: createAutomaticRefresh(domain, validate, validateTokens),
    validateTokens,
    refresh: (...args) => refreshSession(domain, ...args),
    reauthenticate: (...args) => reauthenticateSession(domain, ...args),
    bindToDevice: (...args) => bindToDevice(domain, ...args),
    isFresh: (...args) => isFreshlyAuthenticated(domain, ...args),
    list: (...args) => listSessions(domain, ...args),
    listPage: (...args) => listSessionPage(domain, ...args),
    governedBy: (...args) => governedWallets(domain, ...args),
    listGovernedPage: (...args) => listGovernedPage(domain, ...args),
    placeOf: createPlaces(domain),
    logout: (...args) => logoutSession(domain, ...args),
    logoutAll: (...args) => logoutAllSessions(domain, ...args),
    async revoke({ wallet, sessionId, reason, source, actor }) {
      assertRevokeReason(reason);
      return revokeSession(domain, wallet, sessionId, { reason, source, actor });
    },
    async revokeAll({ wallet, keepSessionId, reason, source, actor }) {
      assertRevokeReason(reason);
      return revokeAllSessions(domain, wallet, keepSessionId, { reason, source, actor });
    },
    watch: createRevocationWatch(domain, feed),
    endsAfter: (wallet, cursor, max) => feed.readAfter(partitionOf(wallet), cursor, max),
    lastSeen,
    nearCache: domain.near.statistics,
    validations: domain.validations.statistics,
  };
}
