import type { KeyRing } from '../sessions/key-ring.js';
import { COMPACT_JWS, readObject, verifySignature } from './proof.js';
import { readPublicKey, type ProofKey } from './public-key.js';
import { KeyProofRefused } from './refusal.js';
import { createTimedMacs } from './timed-mac.js';

/** A proof of a device's key (Device Bound Session Credentials, W3C draft, "DBSC Proof JWT Syntax"), not yet verified. */
export interface DeviceProof {
  /** The challenge that it answers. */
  readonly challenge: string;
  /** The key in its header, with its coordinates; only in the proof that registers a key. */
  readonly jwk: unknown;
  /**
   * Verifies the signature with a key.
   * @throws KeyProofRefused `SIGNATURE`
   */
  verify(key: ProofKey): Promise<void>;
}

/** In characters: a header with a key, a challenge of this service, and a signature. */
const MAX_LENGTH = 2048;

/**
 * Parses the value of `Secure-Session-Response`: a JWT, as a structured string (RFC 9651 §3.3.3) or bare.
 * @throws KeyProofRefused `MALFORMED`, `ALGORITHM`
 */
export function parseDeviceProof(text: string): DeviceProof {
  const bare = /^"(.*)"$/.exec(text)?.[1] ?? text;
  const parts = bare.length <= MAX_LENGTH ? COMPACT_JWS.exec(bare) : null;
  if (parts === null) throw new KeyProofRefused('MALFORMED');
  const [, header = '', payload = '', signature = ''] = parts;
  const { typ, alg, jwk, crit } = readObject(header);
  const { jti } = readObject(payload);
  if (typ !== 'dbsc+jwt' || crit !== undefined || typeof jti !== 'string') {
    throw new KeyProofRefused('MALFORMED');
  }
  if (alg !== 'ES256') throw new KeyProofRefused('ALGORITHM');
  return {
    challenge: jti,
    jwk,
    verify: (key) => verifySignature({ key, signed: `${header}.${payload}`, signature }),
  };
}

/** The public key of a device: P-256, which all devices have. @throws KeyProofRefused `KEY` */
export const readDeviceKey = (jwk: unknown): ProofKey => readPublicKey('ES256', jwk);

/** What a proof for a challenge does. A challenge for one use is refused for the other. */
type ChallengeUse = 'registration' | 'renewal';

/** Challenges for the proofs of a session's device. None is stored. */
export interface DeviceChallenges {
  /** @param now milliseconds since the Unix epoch */
  make(use: ChallengeUse, sessionId: string, now: number): string;
  isCurrent(use: ChallengeUse, challenge: string, sessionId: string, now: number): boolean;
}

/** Milliseconds for which a challenge can be answered. A device may need seconds to sign. */
export const CHALLENGE_LIFETIME = 60_000;

const MAC_BYTES = 12;

export function createDeviceChallenges(keys: KeyRing): DeviceChallenges {
  const macs = {
    registration: createTimedMacs(keys, 'device-registration', MAC_BYTES),
    renewal: createTimedMacs(keys, 'device-renewal', MAC_BYTES),
  };
  return {
    make: (use, sessionId, now) => macs[use].make(now, sessionId),
    isCurrent(use, challenge, sessionId, now) {
      const madeAt = macs[use].timeIn(challenge, sessionId);
      return madeAt !== undefined && Math.abs(now - madeAt) <= CHALLENGE_LIFETIME;
    },
  };
}
