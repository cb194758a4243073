import type { ErrorRequestHandler } from 'express';
import { WalletSessionsError } from '../errors.js';
import { answerWithError } from './answer.js';
import type { RequestValidation } from './middleware.js';

/**
 * Error handler for `app.use`, after the routes. Answers a `WalletSessionsError` of a route with a problem document
 * (RFC 9457), like the middleware, and with `Retry-After` if the time is known. Passes every other error to the next
 * handler. In Express 4, routes must pass rejections to `next`.
 */
export function walletSessionsErrorHandler({
  report,
}: Pick<RequestValidation, 'report'>): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (!(error instanceof WalletSessionsError) || response.headersSent) next(error);
    else answerWithError(response, error, report);
  };
}
