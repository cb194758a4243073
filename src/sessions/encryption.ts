import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.js';

/**
 * Authenticated encryption of session data at rest: AES-256-GCM (NIST SP 800-38D).
 *
 *     sealed = key id length (1) ‖ key id ‖ IV (12) ‖ ciphertext ‖ tag (16)
 *
 * Each place in the store has a separate key, derived from the named key and the place. Data that is moved elsewhere
 * therefore cannot be decrypted, and random IVs do not repeat under one key, no matter how many records a server
 * encrypts. The place is also the additional authenticated data.
 */
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals under the current key of the ring. `place` names where the result will be stored. */
export function encrypt(keys: KeyRing, place: string, plain: Uint8Array): Buffer {
  const keyId = Buffer.from(keys.currentId);
  const iv = randomBytes(IV_BYTES);
  const key = keys.mac(keys.currentId, 'record-encryption', place);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(place));
  return Buffer.concat([
    Buffer.of(keyId.length),
    keyId,
    iv,
    cipher.update(plain),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Returns the id of the key that the data names. It is not authenticated. */
export function keyIdOf(sealed: Uint8Array): string {
  const data = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  return data.toString('utf8', 1, 1 + (data[0] ?? 0));
}

/** Returns `undefined` if the data was altered, moved from another place, or encrypted with an unknown key. */
export function decrypt(keys: KeyRing, place: string, sealed: Uint8Array): Buffer | undefined {
  const data = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const ivStart = 1 + (data[0] ?? 0);
  if (data.length < ivStart + IV_BYTES + TAG_BYTES) return undefined;
  const keyId = keyIdOf(sealed);
  if (!keys.has(keyId)) return undefined;
  const key = keys.mac(keyId, 'record-encryption', place);
  const tagStart = data.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, data.subarray(ivStart, ivStart + IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(data.subarray(tagStart));
    const plain = decipher.update(data.subarray(ivStart + IV_BYTES, tagStart));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
