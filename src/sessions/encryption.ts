import { createCipheriv, createDecipheriv } from 'node:crypto';
import { pooledRandomBytes } from '../random-bytes.js';
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
  const iv = pooledRandomBytes(IV_BYTES);
  return Buffer.concat([namedKey(keys), iv, seal(keys, place, iv, plain)]);
}

/**
 * Seals without a random IV, which saves its 12 bytes. The key is derived from the place, so the IV can be constant as long
 * as no other data is ever sealed for that place: its name must contain a random id.
 *
 *     sealed = key id length (1) ‖ key id ‖ ciphertext ‖ tag (16)
 */
export function encryptOnce(keys: KeyRing, place: string, plain: Uint8Array): Buffer {
  return Buffer.concat([namedKey(keys), seal(keys, place, ONLY_IV, plain)]);
}

const ONLY_IV = Buffer.alloc(IV_BYTES);

function namedKey(keys: KeyRing): Buffer {
  const keyId = Buffer.from(keys.currentId);
  return Buffer.concat([Buffer.of(keyId.length), keyId]);
}

function seal(keys: KeyRing, place: string, iv: Buffer, plain: Uint8Array): Buffer {
  const key = keys.mac(keys.currentId, 'record-encryption', place);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(place));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
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
  const iv = data.subarray(ivStart, ivStart + IV_BYTES);
  return open(keys, place, keyIdOf(data), iv, data.subarray(ivStart + IV_BYTES));
}

/** Opens what {@link encryptOnce} has sealed, or returns `undefined` like {@link decrypt}. */
export function decryptOnce(keys: KeyRing, place: string, sealed: Uint8Array): Buffer | undefined {
  const data = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  return open(keys, place, keyIdOf(data), ONLY_IV, data.subarray(1 + (data[0] ?? 0)));
}

function open(
  keys: KeyRing,
  place: string,
  keyId: string,
  iv: Buffer,
  data: Buffer,
): Buffer | undefined {
  if (data.length < TAG_BYTES || !keys.has(keyId)) return undefined;
  const key = keys.mac(keyId, 'record-encryption', place);
  const tagStart = data.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(place))
      .setAuthTag(data.subarray(tagStart));
    return Buffer.concat([decipher.update(data.subarray(0, tagStart)), decipher.final()]);
  } catch {
    return undefined;
  }
}
