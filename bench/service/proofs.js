import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto';

/** A key of a client, to bind a session to (DPoP, RFC 9449). */
export function makeProofKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  return { privateKey, header: encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk }) };
}

/** A proof for one POST of the URL, with an access token or without. */
export function makeProof({ privateKey, header }, htu, accessToken) {
  const claims = {
    jti: randomUUID(),
    htm: 'POST',
    htu,
    iat: Math.floor(Date.now() / 1000),
    ...(accessToken && { ath: hash('sha256', accessToken, 'base64url') }),
  };
  const signed = `${header}.${encoded(claims)}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
