import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';
import { ERROR_CODES, type ErrorCode } from '../errors.js';

/** Answers with a problem document (RFC 9457), whose `code` is one of {@link ERROR_CODES}. */
export function answerWithProblem(
  response: Response,
  status: number,
  code: ErrorCode,
  detail: string = ERROR_CODES[code],
): void {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status };
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, detail, code }));
}
