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
import type { AccessCredential, PresentedProof } from '../key-binding/proof.js';
import type { Wallet, WalletIdentity } from '../accounts/wallet.js';
import { authenticate, resumeSession } from './authenticate.js';
import {
  createAutomaticRefresh,
  type ValidatedTokens,
  type PresentedTokens,
} from './automatic-refresh.js';
import { createTokenCheck } from './check-tokens.js';
import { createConnect, type Connect } from './connect.js';
import { createSession, type NewSession } from './create.js';
import type { SessionDomain } from './domain.js';
import { createLastSeen, type LastSeen } from './last-seen.js';
import {
  governedWallets,
  listGovernedPage,
  listSessionPage,
  listSessions,
  type SessionPage,
} from './list.js';
import { isFreshlyAuthenticated, reauthenticateSession } from './reauthenticate.js';
import { refreshSession } from './refresh.js';
import { logoutAllSessions, logoutSession, type LogoutAllRequest } from './logout.js';
import {
  revokeAllSessions,
  revokeSession,
  type RevokeAllRequest,
  type RevokeRequest,
} from './revoke.js';
import { createValidation, type Validation } from './validate.js';
import { createRevocationWatch } from './watch.js';

/**
 * The life of sessions: each step as one function, bound to a store, keys, a policy and a clock.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every promise, where the store does not answer
 */
export interface SessionLifecycle {
  /**
   * Starts a session for a wallet that has proved itself.
   * @throws WalletSessionsError `SESSION_LIMIT_REACHED` where the policy is to refuse
   */
  create(session: NewSession, source: ClientInfo): Promise<SessionGrant>;
  /**
   * The session that an access token stands for, or `undefined`, with one read of the store.
   * @throws WalletSessionsError `KEY_PROOF_REQUIRED`, `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED` where the session is
   * bound to a key
   */
  authenticate(credential: AccessCredential, source?: ClientInfo): Promise<Session | undefined>;
  /** The session as it is now, whatever tokens it has had since; `undefined` once it has ended. */
  resume(named: SessionReference): Promise<Session | undefined>;
  /**
   * Validates a session once for an operation or request, from memory where it can, and notes that it was seen.
   * At once where it is known at once: `await` takes both.
   */
  readonly validate: Validation;
  /**
   * Connects a session that was just validated by an access token, for a connection that outlives requests: see
   * {@link Connect}. Resolves to `undefined` where the session has ended meanwhile.
   */
  readonly connect: Connect;
  /**
   * Validates a session by both its tokens, and refreshes it where its refresh window has opened.
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  validateAndRefresh(tokens: PresentedTokens, source: ClientInfo): Promise<ValidatedTokens>;
  /**
   * Validates a session by both its tokens and never refreshes it: for callers that cannot give the client new tokens, such
   * as a forward-auth endpoint or a component that renders after the headers were sent.
   */
  validateTokens(tokens: PresentedTokens, source: ClientInfo): Promise<Session | undefined>;
  /**
   * Exchanges a refresh token for its successors and moves the idle timeout. A token works once: any use after
   * the grace period revokes the session, unless its successors were never used: then it is exchanged for others.
   * @param proof of the key that the session is bound to (`proofOf(request)`). Without it, the token of a bound session
   * changes nothing
   * @throws WalletSessionsError `REFRESH_TOKEN_INVALID`, whatever the reason; `RATE_LIMITED`; `KEY_PROOF_REQUIRED`,
   * `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED` where the session is bound to a key
   */
  refresh(refreshToken: string, source: ClientInfo, proof?: PresentedProof): Promise<SessionGrant>;
  /**
   * Notes that the wallet of the session has signed anew, just now. Tokens and expiries stay.
   * @throws WalletSessionsError `UNAUTHENTICATED` where the session has ended
   */
  reauthenticate(session: Session, source: ClientInfo): Promise<Session>;
  /** Whether the wallet signed within the last `window` milliseconds (default: the policy's). */
  isFresh(session: Session, window?: number): boolean;
  /** The wallet's active sessions, newest first. */
  list(wallet: Wallet): Promise<Session[]>;
  /**
   * A page of the same: `first` sessions at the most, from the one that follows `after`, the `end` of the page before.
   * For wallets with many.
   */
  listPage(wallet: Wallet, page: PageRequest): Promise<SessionPage>;
  /**
   * The wallets whose sessions a session may see and log out: its own wallet and, if that is an account with a key, the
   * contracts at its address on each chain on which contracts can sign in. Code there is code that the account delegated
   * to (EIP-7702).
   */
  governedBy(by: WalletIdentity): readonly WalletIdentity[];
  /** A page of the active sessions of all these wallets, newest first. */
  listGovernedPage(by: WalletIdentity, page: PageRequest): Promise<SessionPage>;
  /**
   * Logs out a session in the name of a session of the same wallet: itself, or another. Call this where a client asks for
   * it. A session may log out another whose wallet did not sign after its own wallet did, and any while it is fresh
   * (`SessionPolicy.freshWindow`), so that a stolen token cannot revoke what the owner signs in to later. A session of an
   * account may also log out one of a contract at its address ({@link SessionLifecycle.governedBy}), by the same rule.
   * @param by the session that asks
   * @param id the session to log out: `by.id` for itself
   * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED` if `by` may not log it out; `SESSION_NOT_FOUND` where the wallet
   * has none with that id; `UNAUTHENTICATED` where `by` has ended; `RATE_LIMITED`, never where it logs out itself
   */
  logout(by: Session, id: string, source: ClientInfo): Promise<Revocation>;
  /**
   * Logs out every session of the wallet in the name of one of them, or with `keepCurrent` every other one: those that are
   * there when it begins. The rule is that of `logout`; if `by` may not log out one of them, none is logged out.
   * @param by the session that asks
   * @throws WalletSessionsError `REAUTHENTICATION_REQUIRED`; `UNAUTHENTICATED` where `by` has ended; `RATE_LIMITED`
   */
  logoutAll(by: Session, which: LogoutAllRequest, source: ClientInfo): Promise<Revocation[]>;
  /**
   * Revokes one session of a wallet by the server's own decision, whichever session was signed in to last.
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
   * Calls `listener` for each end of one of the wallet's sessions, in order and once each; with `after`, first
   * for those since that cursor. An end that a failover of the store has undone may be delivered again when the session
   * ends again.
   * @throws RangeError for an invalid cursor
   */
  watch(wallet: Wallet, listener: (revocation: Revocation) => void, after?: string): Promise<Watch>;
  readonly lastSeen: LastSeen;
  /** What the near-cache has done so far. */
  readonly nearCache: () => NearCacheStatistics;
  /** How the validations ended that the near-cache did not answer. */
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
    isFresh: (...args) => isFreshlyAuthenticated(domain, ...args),
    list: (...args) => listSessions(domain, ...args),
    listPage: (...args) => listSessionPage(domain, ...args),
    governedBy: (...args) => governedWallets(domain, ...args),
    listGovernedPage: (...args) => listGovernedPage(domain, ...args),
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
    lastSeen,
    nearCache: domain.near.statistics,
    validations: domain.validations.statistics,
  };
}
