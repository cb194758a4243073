import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';
import type { ErrorCode, WalletSessionsError } from '../errors.js';
import { proofChallenge } from '../http/proof-challenge.js';
import { REFUSAL_STATUS } from '../http/refusal-status.js';

/** The status codes of errors. All others have 400. */
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
 * Answers with a problem document (RFC 9457) whose `code` is one of `ERROR_CODES`, with `Retry-After` if the time is known.
 * Failures of the server are reported.
 * @param challenge the `WWW-Authenticate` challenge, which is required with 401 (RFC 9110, section 15.5.2)
 */
export function answerWithError(
  response: Response,
  error: WalletSessionsError,
  report: (error: unknown) => void,
  challenge = 'Bearer',
): void {
  const { code, message, cause, retryAfter } = error;
  const status = STATUS[code] ?? 400;
  if (status >= 500) report(cause ?? error);
  if (status === 401) response.set('WWW-Authenticate', challenge);
  for (const [name, value] of proofChallenge(error)) response.set(name, value);
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status };
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, detail: message, code }));
}
