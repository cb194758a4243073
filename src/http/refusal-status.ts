import type { ErrorCode } from '../errors.js';

/** The HTTP status of an answer that consists of the error alone, because nothing else could be done. */
export const REFUSAL_STATUS: Partial<Record<ErrorCode, number>> = {
  KEY_PROOF_REQUIRED: 401,
  KEY_PROOF_INVALID: 401,
  KEY_PROOF_NONCE_REQUIRED: 401,
  ORIGIN_NOT_ALLOWED: 403,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
};
