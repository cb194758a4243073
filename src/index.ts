/**
 * `wallet-sessions`: sign-in with a wallet and the sessions that follow, for an application's own server.
 * Stores are in `wallet-sessions/redis` and `wallet-sessions/embedded`, the middleware for Express in
 * `wallet-sessions/express`, the GraphQL pieces in `wallet-sessions/graphql`.
 */
export type {
  CookieRequest,
  CookieSession,
  OpenCookieSession,
  TokenCookies,
} from './cookies/cookie-session.js';
export type { AnswerHeaders, PutCookies } from './cookies/put-cookies.js';
export { ERROR_CODES, WalletSessionsError, type ErrorCode } from './errors.js';
export type { WalletSessionsServices } from './graphql/scope.js';
export type { RequestReader } from './request/reader.js';
export type { RequestSessions } from './library/request-sessions.js';
export { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from './session/audit-log/policy.js';
export type { Audit, AuditEvent } from './session/audit.js';
export type { SessionEnd, SessionEvent, SessionHooks } from './session/hooks.js';
export type { SecretKey } from './session/key-ring.js';
export type { SessionLifecycle } from './session/lifecycle/index.js';
export type { Credential, Validated } from './session/lifecycle/validate.js';
export type { RpcOptions } from './rpc/eth-call.js';
export { DEFAULT_SESSION_POLICY, type SessionPolicy } from './session/policy.js';
export {
  DEFAULT_RATE_LIMITS,
  NO_RATE_LIMITS,
  type Rate,
  type RateLimitPolicy,
} from './session/rate-limit.js';
export {
  REVOCATION_REASONS,
  type RequestSource,
  type Revocation,
  type RevocationReason,
  type Session,
  type SessionGrant,
  type SessionId,
} from './session/session.js';
export type { Watch } from './session/store.js';
export {
  isSameWallet,
  walletIdOf,
  type Address,
  type Wallet,
  type WalletId,
  type WalletIdentity,
} from './session/wallet.js';
export type { SignInAttempt, SignInHooks } from './sign-in/hooks.js';
export { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from './sign-in/policy.js';
export type {
  ChallengeRequest,
  SignIn,
  SignInChallenge,
  SignInRequest,
} from './sign-in/sign-in.js';
export { createAccountVerifier, type VerifySignature } from './sign-in/signature.js';
export { parseWalletId } from './sign-in/wallet-id.js';
export type { OpenStore } from './stores/open-store.js';
export {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsHooks,
  type WalletSessionsOptions,
} from './library/wallet-sessions.js';
