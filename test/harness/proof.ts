import {
  createHmac,
  generateKeyPairSync,
  hash,
  randomUUID,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A key of a client, to make proofs with (DPoP, RFC 9449). */
export interface TestKey {
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey;
}

export function aProofKey(algorithm: TestKey['algorithm'] = 'ES256'): TestKey {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  return { algorithm, privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

export interface ProofOptions {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** The access token that the proof is for. */
  readonly accessToken?: string | undefined;
  /** How the proof is signed. Default: by the key. */
  readonly signature?: (signed: string) => Buffer;
}

/** A proof for a POST of a URL, made at a time in milliseconds. */
export function aProof(
  { algorithm, privateKey, jwk }: TestKey,
  htu: string,
  now: number,
  options: ProofOptions = {},
): string {
  const { accessToken, signature = (signed: string) => signWith(algorithm, privateKey, signed) } =
    options;
  const header = { typ: 'dpop+jwt', alg: algorithm, jwk, ...options.header };
  const claims = {
    jti: randomUUID(),
    htm: 'POST',
    htu,
    iat: Math.floor(now / 1000),
    ...(accessToken !== undefined && { ath: hash('sha256', accessToken, 'base64url') }),
    ...options.claims,
  };
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${signature(signed).toString('base64url')}`;
}

function signWith(algorithm: TestKey['algorithm'], key: KeyObject, signed: string): Buffer {
  const data = Buffer.from(signed);
  if (algorithm === 'EdDSA') return sign(null, data, key);
  return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
}

/** An HMAC whose secret is the public key: what a verifier accepts that lets the proof choose the algorithm. */
export const hmacWithPublicKey =
  ({ jwk }: TestKey) =>
  (signed: string): Buffer =>
    createHmac('sha512', JSON.stringify(jwk)).update(signed).digest();

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
