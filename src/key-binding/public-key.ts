import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { KeyProofRefused } from './refusal.js';

/** The algorithms of proofs, as `WWW-Authenticate` names them (RFC 9449 §5.1). */
export const PROOF_ALGORITHMS = 'ES256 EdDSA';

/** A public key that proofs are verified with. */
export interface ProofKey {
  readonly algorithm: 'ES256' | 'EdDSA';
  /** SHA-256 thumbprint of the key, in base64url (RFC 7638). */
  readonly thumbprint: string;
  /** Imported when it is first needed: that takes longer than a verification. */
  readonly imported: () => KeyObject;
}

/** Members of private and symmetric keys (RFC 7518 §6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** 32 bytes in base64url. */
const COORDINATE = /^[\w-]{43}$/;

/**
 * Reads the key in the header of a proof.
 * @param algorithm `alg` of the header
 * @throws KeyProofRefused `ALGORITHM`, `KEY`
 */
export function readPublicKey(algorithm: unknown, jwk: unknown): ProofKey {
  if (algorithm !== 'ES256' && algorithm !== 'EdDSA' && algorithm !== 'Ed25519') {
    throw new KeyProofRefused('ALGORITHM');
  }
  if (typeof jwk !== 'object' || jwk === null) throw new KeyProofRefused('KEY');
  const { kty, crv, x, y, alg } = jwk as Record<string, unknown>;
  const isSecret = SECRET_MEMBERS.some((member) => member in jwk);
  if (isSecret || (alg !== undefined && alg !== algorithm)) throw new KeyProofRefused('KEY');
  if (algorithm === 'ES256') {
    if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) {
      throw new KeyProofRefused('KEY');
    }
    return keyOf('ES256', { crv, kty, x, y });
  }
  if (kty !== 'OKP' || crv !== 'Ed25519' || !isCoordinate(x)) throw new KeyProofRefused('KEY');
  return keyOf('EdDSA', { crv, kty, x });
}

/** @param required the required members, in lexicographic order (RFC 7638 §3.2) */
function keyOf(algorithm: ProofKey['algorithm'], required: Record<string, string>): ProofKey {
  let imported: KeyObject | undefined;
  return {
    algorithm,
    thumbprint: hash('sha256', JSON.stringify(required), 'base64url'),
    imported: () => (imported ??= importKey(required)),
  };
}

/** Also refuses points that are not on the curve. */
function importKey(jwk: Record<string, string>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new KeyProofRefused('KEY');
  }
}

/** Whether the value is 32 bytes in the one base64url encoding that they have. */
function isCoordinate(value: unknown): value is string {
  if (typeof value !== 'string' || !COORDINATE.test(value)) return false;
  return Buffer.from(value, 'base64url').toString('base64url') === value;
}
