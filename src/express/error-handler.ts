import type { ErrorRequestHandler } from 'express';
import { WalletSessionsError, type ErrorCode } from '../errors.js';
import { REFUSAL_STATUS } from '../request/refusal-status.js';
import type { RequestValidation } from './middleware.js';
import { answerWithProblem } from './problem.js';

/** The status of a route's answer, where it is not 400: something is wrong with what was sent. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  ...REFUSAL_STATUS,
  UNAUTHENTICATED: 401,
  REFRESH_TOKEN_INVALID: 401,
  FORBIDDEN: 403,
  REAUTHENTICATION_REQUIRED: 403,
  WALLET_MISMATCH: 403,
  SIGN_IN_REFUSED: 403,
  SESSION_LIMIT_REACHED: 403,
  SESSION_NOT_FOUND: 404,
  WALLET_VERIFICATION_UNAVAILABLE: 503,
};

/**
 * Error handler for `app.use`, after the routes: answers a `WalletSessionsError` that one of them has thrown with a
 * problem document (RFC 9457), as the middlewares do, with `Retry-After` where the time is known. Every other error
 * goes on to the next handler. Under Express 4, a route hands what it has awaited in vain to `next`.
 */
export function walletSessionsErrorHandler({
  report,
}: Pick<RequestValidation, 'report'>): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (!(error instanceof WalletSessionsError) || response.headersSent) {
      next(error);
      return;
    }
    const { code, cause, retryAfter, message } = error;
    const status = STATUS[code] ?? 400;
    if (status >= 500) report(cause ?? error);
    // RFC 9110 §15.5.2: it must be there.
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    answerWithProblem(response, status, code, message);
  };
}
