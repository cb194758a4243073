import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto';
import type { KeyRing } from '../sessions/key-ring.js';
import type { SignatureAlgorithm } from './policy.js';

/**
 * Derives a private key from a session key, so that all instances have the same one and it rotates with the session key.
 * @throws RangeError for a key id that is not in the ring
 */
export const signingKeyOf = (
  keys: KeyRing,
  keyId: string,
  algorithm: SignatureAlgorithm,
): KeyObject => (algorithm === 'EdDSA' ? ed25519KeyOf : p256KeyOf)(keys, keyId);

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410, section 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function ed25519KeyOf(keys: KeyRing, keyId: string): KeyObject {
  const seed = keys.mac(keyId, 'identity-token', 'Ed25519');
  const key = Buffer.concat([ED25519_PKCS8, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** The order of the base point of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The private key is a number below the order, from more random bits than it has (FIPS 186-5, section A.2.1). */
function p256KeyOf(keys: KeyRing, keyId: string): KeyObject {
  const bits = ['P-256 1', 'P-256 2'].map((part) => keys.mac(keyId, 'identity-token', part));
  const number = BigInt(`0x${Buffer.concat(bits).toString('hex')}`);
  const secret = (number % (P256_ORDER - 1n)) + 1n;
  const d = Buffer.from(secret.toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: d.toString('base64url'),
    // After the byte that says that the point is not compressed.
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
