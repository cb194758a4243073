/** `wallet-sessions/express`: middleware for Express 4 and 5. */
export {
  optionalWalletSession,
  requireWalletSession,
  walletSessionOf,
  type RequestValidation,
} from './middleware.js';
