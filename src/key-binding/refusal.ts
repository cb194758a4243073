import { WalletSessionsError } from '../errors.js';

/** Why a proof of a key was refused, for the audit log, with the message for the client. */
const PROOF_REFUSALS = {
  /** No proof came where one is needed, or the token of a bound session came as a bearer token. */
  MISSING:
    'The session is bound to a key of its client: send the token as "Authorization: DPoP …", and a proof of the key in a DPoP header.',
  MALFORMED:
    'The DPoP header is not one proof: a JWS of type dpop+jwt with the claims jti, htm, htu and iat.',
  ALGORITHM: 'The proof must be signed with ES256 or EdDSA (Ed25519).',
  KEY: 'The jwk of the proof must be a public P-256 or Ed25519 key, without private members.',
  UNBOUND: 'The session is not bound to a key: send its token as "Authorization: Bearer …".',
  KEY_MISMATCH: 'The proof is of another key than the one that the session is bound to.',
  SIGNATURE: 'The signature of the proof is invalid.',
  METHOD: 'The proof is for another HTTP method: htm must be the method of the request.',
  URL: 'The proof is for another URL: htu must be the URL of the request, at one of the public URLs of the service.',
  TOKEN:
    'The proof is for another access token: ath must be the SHA-256 hash of the token, in base64url.',
  TIME: 'The proof is too old, or from the future.',
  NONCE:
    'The proof needs a current nonce of the service: sign another one with the nonce of this answer.',
  DEVICE:
    'The session is bound to the device of its browser: its tokens work only in cookies, beside the short-lived cookie that this browser gets for a proof of the device.',
  REPLAYED: 'The proof has been used before: sign another one for each request.',
} as const;

/** One of {@link PROOF_REFUSALS}. */
export type ProofRefusal = keyof typeof PROOF_REFUSALS;

/** A proof of a key was refused. Nothing has changed: no token is used up, and no session has ended. */
export class KeyProofRefused extends WalletSessionsError {
  /** @param nonce for the next proof, where one is needed */
  constructor(
    readonly refusal: ProofRefusal,
    nonce?: string,
    message: string = PROOF_REFUSALS[refusal],
  ) {
    super(codeOf(refusal), message, nonce === undefined ? undefined : { nonce });
  }
}

function codeOf(refusal: ProofRefusal) {
  if (refusal === 'MISSING' || refusal === 'DEVICE') return 'KEY_PROOF_REQUIRED';
  return refusal === 'NONCE' ? 'KEY_PROOF_NONCE_REQUIRED' : 'KEY_PROOF_INVALID';
}
