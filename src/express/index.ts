/** `wallet-sessions/express`: middleware for Express 4 and 5. */
export { walletSessionsApi, type WalletSessionsApiOptions } from './rest.js';
export {
  walletSessionsErrorHandler,
  optionalWalletSession,
  requireWalletSession,
  walletSessionOf,
  type RequestValidation,
} from './middleware.js';
