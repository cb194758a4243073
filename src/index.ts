/**
 * `wallet-sessions`: sign-in with a wallet and the sessions that follow, for an application's own server.
 * Stores are in `wallet-sessions/redis` and `wallet-sessions/embedded`, the middleware for Express in
 * `wallet-sessions/express`, the GraphQL pieces in `wallet-sessions/graphql`.
 */
export type { PageHeaders } from './http/cookies/allowed-page.js';
export type {
  CookieRequest,
  CookieSession,
  OpenCookieSession,
  TokenCookies,
} from './http/cookies/cookie-session.js';
export type { AnswerHeaders, PutCookies } from './http/cookies/put-cookies.js';
export type { ValidationOptions } from './http/validation-options.js';
export { ERROR_CODES, WalletSessionsError, type ErrorCode } from './errors.js';
export type { ReportError } from './graphql/errors.js';
export type { WalletSessionsServices } from './graphql/context.js';
export type { Core } from './core/create-core.js';
export type { RequestSessions } from './core/wallet-sessions.js';
export {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsHooks,
  type WalletSessionsOptions,
} from './core/wallet-sessions.js';
export type { PartialOptions } from './options.js';
export type { AccessCredential, PresentedProof, TokenWithProof } from './key-binding/proof.js';
export { DEFAULT_KEY_BINDING_POLICY, type KeyBindingPolicy } from './key-binding/policy.js';
export { KeyProofRefused, type ProofRefusal } from './key-binding/refusal.js';
export type { CredentialRequest } from './http/credential.js';
export type { RequestReader } from './http/reader.js';
export type { RpcOptions } from './sign-in/ethereum/rpc/eth-call.js';
export type { Administration, Administrator } from './administration/administration.js';
export {
  COMMAND_LINE,
  type Actor,
  type AdministrativeAct,
  type Audit,
  type AuditEvent,
  type AuditEventType,
} from './audit/events.js';
export type { AuditEntry } from './audit/entry.js';
export type { AuditLog, AuditPage, PlacedAuditEntry, WalletHistory } from './audit/audit-log.js';
export { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from './audit/policy.js';
export type { AuditRecord } from './audit/record.js';
export type { Clock, StoreClock } from './clock.js';
export type { ExpirySweep } from './lifecycle/expiry-sweep.js';
export type { SessionEnd, SessionEvent, SessionHooks } from './lifecycle/hooks.js';
export type { SecretKey } from './sessions/key-ring.js';
export type {
  KeyRotationReport,
  RemainingUse,
  RotationProgress,
} from './administration/rotate-keys.js';
export type { RotationPace } from './administration/rotate-keys.js';
export type { ValidatedTokens, PresentedTokens } from './lifecycle/automatic-refresh.js';
export type { NewSession } from './lifecycle/create.js';
export type { SessionLifecycle } from './lifecycle/session-lifecycle.js';
export type { LastSeen } from './lifecycle/last-seen.js';
export type { Sourced } from './lifecycle/sourced.js';
export type { SessionPage } from './lifecycle/list.js';
export type { LogoutAllRequest } from './lifecycle/logout.js';
export type { RevokeAllRequest, RevokeRequest } from './lifecycle/revoke.js';
export type { Connect, Connection, Lapse, Presentation } from './lifecycle/connect.js';
export type { Credential, Validated, Validation } from './lifecycle/validate.js';
export type { NearCacheStatistics } from './near-cache/near-cache.js';
export { DEFAULT_SESSION_POLICY, type SessionPolicy } from './sessions/policy.js';
export {
  DEFAULT_RATE_LIMITS,
  NO_RATE_LIMITS,
  type Rate,
  type RateLimitPolicy,
} from './rate-limits/rate-limits.js';
export {
  REVOKE_REASONS,
  REVOCATION_REASONS,
  type RevokeReason,
  type ClientInfo,
  type Revocation,
  type RevocationReason,
  type Session,
  type SessionGrant,
  type SessionId,
  type SessionReference,
} from './sessions/session.js';
export { parseSessionKeys } from './sessions/session-keys.js';
export type { Statistics, StatisticsReport } from './administration/statistics/statistics.js';
export type { Period } from './administration/statistics/period.js';
export type { Counts } from './administration/statistics/store.js';
export type { PageRequest, Watch } from './sessions/store.js';
export type { ValidationOutcome, ValidationTally } from './lifecycle/validation-tally.js';
export {
  isSameWallet,
  walletIdOf,
  type Address,
  type Partition,
  type Wallet,
  type WalletId,
  type WalletIdentity,
  type WalletIfKnown,
} from './accounts/wallet.js';
export type { SignedMessage } from './sign-in/domain.js';
export type { SignInAttempt, SignInHooks } from './sign-in/hooks.js';
export type { SignInMessage } from './sign-in/ethereum/message.js';
export { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from './sign-in/policy.js';
export type { Keccak256 } from './sign-in/ethereum/primitives/keccak-256.js';
export type { Primitives } from './sign-in/ethereum/primitives/load.js';
export type { RecoverPublicKey } from './sign-in/ethereum/primitives/public-key-recovery.js';
export type {
  ChallengeRequest,
  SignIn,
  SignInChallenge,
  SignInRequest,
} from './sign-in/sign-in.js';
export {
  createAccountVerifier,
  type ObserveVerification,
  type VerifySignature,
} from './sign-in/ethereum/signature.js';
export { parseWalletId } from './accounts/address.js';
export type { OpenStore } from './stores/open-store.js';
