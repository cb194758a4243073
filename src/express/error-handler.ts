import type { ErrorRequestHandler } from 'express';
import { WalletSessionsError } from '../errors.js';
import { answerWithError } from './answer.js';
import type { RequestValidation } from './middleware.js';

/**
 * Error handler for `app.use`, after the routes: answers a `WalletSessionsError` that one of them has thrown with a
 * problem document (RFC 9457), as the middlewares do, with `Retry-After` where the time is known. Every other error
 * goes on to the next handler. Under Express 4, a route hands what it has awaited in vain to `next`.
 */
export function walletSessionsErrorHandler({
  report,
}: Pick<RequestValidation, 'report'>): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (!(error instanceof WalletSessionsError) || response.headersSent) next(error);
    else answerWithError(response, error, report);
  };
}
