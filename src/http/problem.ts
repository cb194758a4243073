import { STATUS_CODES } from 'node:http';
import { causeToReport, WalletSessionsError, type ErrorCode } from '../errors.js';
import { challengeOf } from './credential.js';
import { MethodRefused, proofChallenge, REFUSAL_STATUS, RequestRefused } from './refusal.js';

const PROBLEM_TYPE = 'application/problem+json';

/** The status of a response, if it is not 400: something is wrong with what was sent. */
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
  IDENTITY_TOKENS_DISABLED: 404,
  WALLET_VERIFICATION_UNAVAILABLE: 503,
};

/** A problem document (RFC 9457) with the status and headers of its response. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: {
    readonly type: 'about:blank';
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    /** One of `ERROR_CODES`, or the code of a request that was refused before it was read. */
    readonly code: string;
  };
  /** What the client is not told and the operator must know. */
  readonly toReport: unknown;
}

/**
 * The problem of an error: of this package, of a refused request, or any other, of which the client is told nothing.
 * @param authorization the header of the request
 * @param challenge the `WWW-Authenticate` of a 401 (RFC 9110 §15.5.2). Default: `Bearer`, with the error if the request
 * had credentials
 */
export function problemOf(
  error: unknown,
  authorization?: string,
  challenge = challengeOf(authorization),
): Problem {
  const { status, code, detail, retryAfter, toReport } = describe(error);
  return {
    status,
    headers: {
      'content-type': PROBLEM_TYPE,
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': challenge }),
      // A refused proof of a key has a challenge of its own.
      ...(error instanceof WalletSessionsError && Object.fromEntries(proofChallenge(error))),
      ...(error instanceof MethodRefused && { allow: error.allow }),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
    document: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code },
    toReport,
  };
}

interface Described {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfter?: number | undefined;
  readonly toReport?: unknown;
}

function describe(error: unknown): Described {
  if (error instanceof WalletSessionsError) {
    const { code, message: detail, retryAfter } = error;
    const toReport = causeToReport(error);
    return { status: STATUS[code] ?? 400, code, detail, retryAfter, toReport };
  }
  if (error instanceof RequestRefused) {
    const { status, code, message: detail, retryAfter } = error;
    return { status, code, detail, retryAfter };
  }
  const detail = 'The service failed. The error is in its log.';
  return { status: 500, code: 'INTERNAL_SERVER_ERROR', detail, toReport: error };
}
