/**
 * `wallet-sessions`: sign-in with a wallet and the sessions that follow, for an application's own server.
 * Stores are in `wallet-sessions/redis` and `wallet-sessions/embedded`, the middleware for Express in
 * `wallet-sessions/express`, the GraphQL pieces in `wallet-sessions/graphql`.
 */
export type { PageHeaders } from './cookies/allowed-page.js';
export type {
  CookieRequest,
  CookieSession,
  OpenCookieSession,
  TokenCookies,
} from './cookies/cookie-session.js';
export type { AnswerHeaders, PutCookies } from './cookies/put-cookies.js';
export { ERROR_CODES, WalletSessionsError, type ErrorCode } from './errors.js';
export type { ReportError } from './graphql/errors.js';
export type { WalletSessionsServices } from './graphql/scope.js';
export type { ComposedServices } from './library/compose-services.js';
export type { RequestSessions } from './library/request-sessions.js';
export {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsHooks,
  type WalletSessionsOptions,
} from './library/wallet-sessions.js';
export type { Given } from './options.js';
export type { RequestReader } from './request/reader.js';
export type { RpcOptions } from './rpc/eth-call.js';
export type { Administration, Administrator } from './session/administration.js';
export {
  COMMAND_LINE,
  type Actor,
  type AdministrativeAct,
  type Audit,
  type AuditEvent,
  type AuditEventType,
} from './session/audit.js';
export type { AuditEntry } from './session/audit-log/entry.js';
export type {
  AuditLog,
  AuditPage,
  PlacedAuditEntry,
  WalletHistory,
} from './session/audit-log/index.js';
export { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from './session/audit-log/policy.js';
export type { AuditRecord } from './session/audit-log/record.js';
export type { Clock } from './session/clock.js';
export type { ExpirySweep } from './session/expiry/sweep.js';
export type { SessionEnd, SessionEvent, SessionHooks } from './session/hooks.js';
export type { SecretKey } from './session/key-ring.js';
export type {
  KeyRotationReport,
  RemainingUse,
  RotationProgress,
} from './session/key-rotation/report.js';
export type { RotationPace } from './session/key-rotation/rotate-keys.js';
export type { ValidatedTokens, PresentedTokens } from './session/lifecycle/automatic-refresh.js';
export type { NewSession } from './session/lifecycle/create.js';
export type { SessionLifecycle } from './session/lifecycle/index.js';
export type { LastSeen, Sourced } from './session/lifecycle/last-seen.js';
export type { SessionPage } from './session/lifecycle/list.js';
export type { LogoutAllRequest } from './session/lifecycle/logout.js';
export type { Credential, Validated } from './session/lifecycle/validate.js';
export type { NearCacheStatistics } from './session/near-cache.js';
export { DEFAULT_SESSION_POLICY, type SessionPolicy } from './session/policy.js';
export {
  DEFAULT_RATE_LIMITS,
  NO_RATE_LIMITS,
  type Rate,
  type RateLimitPolicy,
} from './session/rate-limit.js';
export {
  LOGOUT_REASONS,
  REVOCATION_REASONS,
  type LogoutReason,
  type RequestSource,
  type Revocation,
  type RevocationReason,
  type Session,
  type SessionGrant,
  type SessionId,
  type SessionReference,
} from './session/session.js';
export { parseSessionKeys } from './session/session-keys.js';
export type { Statistics, StatisticsReport } from './session/statistics/index.js';
export type { Period } from './session/statistics/period.js';
export type { Counts } from './session/statistics/store.js';
export type { PageRequest, Watch } from './session/store.js';
export type { ValidationOutcome, ValidationTally } from './session/validation-tally.js';
export {
  isSameWallet,
  walletIdOf,
  type Address,
  type Partition,
  type Wallet,
  type WalletId,
  type WalletIdentity,
  type WalletIfKnown,
} from './session/wallet.js';
export type { SignedMessage } from './sign-in/domain.js';
export type { SignInAttempt, SignInHooks } from './sign-in/hooks.js';
export type { SignInMessage } from './sign-in/message.js';
export { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from './sign-in/policy.js';
export type { Keccak256 } from './sign-in/primitives/keccak-256.js';
export type { Primitives } from './sign-in/primitives/load.js';
export type { RecoverPublicKey } from './sign-in/primitives/public-key-recovery.js';
export type {
  ChallengeRequest,
  SignIn,
  SignInChallenge,
  SignInRequest,
} from './sign-in/sign-in.js';
export { createAccountVerifier, type VerifySignature } from './sign-in/signature.js';
export { parseWalletId } from './sign-in/wallet-id.js';
export type { OpenStore } from './stores/open-store.js';
