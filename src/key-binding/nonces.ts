import { timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../sessions/key-ring.js';

/**
 * Nonces of the service for proofs (RFC 9449 §8): when they were made, and a MAC under a key that all instances have. So any
 * instance knows the nonces of the others, and none is stored.
 */
export interface ProofNonces {
  /** @param now milliseconds since the Unix epoch */
  make(now: number): string;
  /** When the nonce was made, in milliseconds since the Unix epoch; `undefined` if this service did not make it. */
  madeAt(nonce: string): number | undefined;
}

const TIME_BYTES = 6;
const MAC_BYTES = 12;
const NONCE = /^[\w-]{24}$/;

export function createProofNonces(keys: KeyRing): ProofNonces {
  const macOf = (keyId: string, time: Uint8Array) =>
    keys.mac(keyId, 'proof-nonce', time).subarray(0, MAC_BYTES);
  return {
    make(now) {
      const time = Buffer.allocUnsafe(TIME_BYTES);
      time.writeUIntBE(Math.floor(now), 0, TIME_BYTES);
      return Buffer.concat([time, macOf(keys.currentId, time)]).toString('base64url');
    },
    madeAt(nonce) {
      if (!NONCE.test(nonce)) return undefined;
      const bytes = Buffer.from(nonce, 'base64url');
      const time = bytes.subarray(0, TIME_BYTES);
      const mac = bytes.subarray(TIME_BYTES);
      const isOwn = keys.ids.some((keyId) => timingSafeEqual(macOf(keyId, time), mac));
      return isOwn ? time.readUIntBE(0, TIME_BYTES) : undefined;
    },
  };
}
