import type { Response } from 'express';
import { ERROR_CODES, type ErrorCode } from '../errors.js';

/** Answers with a problem document (RFC 9457), whose `code` is one of {@link ERROR_CODES}. */
export function answerWithProblem(
  response: Response,
  status: number,
  title: string,
  code: ErrorCode,
): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail: ERROR_CODES[code], code }));
}
