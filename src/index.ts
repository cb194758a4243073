/**
 * `wallet-sessions`: sign-in with a wallet and the sessions that follow, for an application's own server.
 * Stores are in `wallet-sessions/redis` and `wallet-sessions/embedded`, the middleware for Express in
 * `wallet-sessions/express`, the GraphQL pieces in `wallet-sessions/graphql`.
 *
 * Exported is what an application writes down. The types of parts and results follow from these:
 * `WalletSessions['sessions']`, `Awaited<ReturnType<WalletSessions['sessions']['list']>>`.
 */
export {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsHooks,
  type WalletSessionsOptions,
} from './core/wallet-sessions.js';
export { ERROR_CODES, WalletSessionsError, type ErrorCode } from './errors.js';

// Options
export type { AuditLogPolicy } from './audit/policy.js';
export type { Clock } from './clock.js';
export type { KeyBindingPolicy } from './key-binding/policy.js';
export { NO_RATE_LIMITS, type Rate, type RateLimitPolicy } from './rate-limits/rate-limits.js';
export { parseSessionKeys, type SecretKey } from './sessions/key-ring.js';
export type { SessionPolicy } from './sessions/policy.js';
export type { RpcOptions } from './sign-in/ethereum/rpc/eth-call.js';
export { createAccountVerifier, type ObserveVerification } from './sign-in/ethereum/signature.js';
export type { VerifySignature } from './sign-in/kind.js';
export type { SignInPolicy } from './sign-in/policy.js';
export type { OpenStore } from './stores/open-store.js';

// Hooks and audit events
export type { AuditEvent } from './audit/events.js';
export type { SessionEnd, SessionEvent } from './lifecycle/hooks.js';
export type { SignInAttempt } from './sign-in/hooks.js';

// Sessions
export type {
  ClientInfo,
  Revocation,
  RevocationReason,
  Session,
  SessionGrant,
  SessionId,
} from './sessions/session.js';
export type { SignInChallenge } from './sign-in/sign-in.js';

// Wallets
export { addressOf, parseAccountId, type AccountId } from './accounts/account-id.js';
export { accountIdOf, isSameWallet, type Wallet } from './accounts/wallet.js';
export type { WalletKind } from './sign-in/kind.js';
