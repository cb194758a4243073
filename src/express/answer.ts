import type { Response } from 'express';
import { problemOf } from '../http/problem.js';
import type { WalletSessionsError } from '../errors.js';

/**
 * Answers with a problem document (RFC 9457), whose `code` is one of `ERROR_CODES`, and `Retry-After` where the time is
 * known. Why the server itself could not do it is reported.
 * @param challenge what goes with 401 (RFC 9110, section 15.5.2)
 */
export function answerWithError(
  response: Response,
  error: WalletSessionsError,
  report: (error: unknown) => void,
  challenge = 'Bearer',
): void {
  const { status, headers, document } = problemOf(error, undefined, challenge);
  if (status >= 500) report(error.cause ?? error);
  response.status(status).set(headers).send(JSON.stringify(document));
}
