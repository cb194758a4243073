import type { ErrorCode } from '../errors.js';
import { PROOF_ALGORITHMS } from '../key-binding/public-key.js';

/** The errors of RFC 9449 §12.2 and RFC 6750 §3.1 for refused proofs. */
const ERRORS: Partial<Record<ErrorCode, string>> = {
  KEY_PROOF_REQUIRED: 'invalid_token',
  KEY_PROOF_INVALID: 'invalid_dpop_proof',
  KEY_PROOF_NONCE_REQUIRED: 'use_dpop_nonce',
};

/** The headers of the answer to a request whose proof was refused (RFC 9449 §7.1, §8); none for other errors. */
export function proofChallenge({
  code,
  nonce,
}: {
  readonly code: ErrorCode;
  readonly nonce?: string | undefined;
}): [name: string, value: string][] {
  const error = ERRORS[code];
  if (error === undefined) return [];
  const challenge = `DPoP error="${error}", algs="${PROOF_ALGORITHMS}"`;
  return [
    ['www-authenticate', challenge],
    ...(nonce === undefined ? [] : [['dpop-nonce', nonce] as [string, string]]),
  ];
}
