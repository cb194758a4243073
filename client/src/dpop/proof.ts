import { surroundings, type ProofKeyPair } from './surroundings.js';

/** What a proof is for (RFC 9449 §4.2). */
export interface ProofTarget {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  /** The access token that goes with it, if one does. */
  readonly accessToken?: string | undefined;
  /** The nonce that the service asked for, if it did. */
  readonly nonce?: string | undefined;
}

/** A P-256 key whose private part cannot be exported. */
export function createKeyPair(): Promise<ProofKeyPair> {
  return subtle().generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

/** The header of a key's proofs, encoded. */
const headers = new WeakMap<ProofKeyPair, Promise<string>>();

/** Signs a proof for one request, with ES256 or Ed25519. */
export async function signProof(
  pair: ProofKeyPair,
  { method, url, accessToken, nonce }: ProofTarget,
): Promise<string> {
  const header = headers.get(pair) ?? headerOf(pair);
  headers.set(pair, header);
  const claims = {
    jti: surroundings.crypto?.randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    // `undefined` is left out.
    ath: accessToken && encode(await subtle().digest('SHA-256', bytesOf(accessToken))),
    nonce,
  };
  const signed = `${await header}.${encode(bytesOf(JSON.stringify(claims)))}`;
  const algorithm = isEcdsa(pair) ? { name: 'ECDSA', hash: 'SHA-256' } : 'Ed25519';
  return `${signed}.${encode(await subtle().sign(algorithm, pair.privateKey, bytesOf(signed)))}`;
}

async function headerOf(pair: ProofKeyPair): Promise<string> {
  const { kty, crv, x, y } = await subtle().exportKey('jwk', pair.publicKey);
  const alg = isEcdsa(pair) ? 'ES256' : 'EdDSA';
  return encode(bytesOf(JSON.stringify({ typ: 'dpop+jwt', alg, jwk: { kty, crv, x, y } })));
}

function isEcdsa({ privateKey }: ProofKeyPair): boolean {
  return (privateKey as { algorithm?: { name?: unknown } }).algorithm?.name === 'ECDSA';
}

function subtle() {
  const { crypto } = surroundings;
  if (crypto?.subtle) return crypto.subtle;
  throw new Error('Keys need WebCrypto, which pages have only over https:// and on localhost.');
}

const bytesOf = (text: string) => new surroundings.TextEncoder().encode(text);

/** Base64url without padding (RFC 7515 §2). */
function encode(bytes: Uint8Array | ArrayBuffer): string {
  return surroundings
    .btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
