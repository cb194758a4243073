import { generateKeyPairSync, hash, randomUUID, sign, verify } from 'node:crypto';

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

/** Microseconds of a core that `node:crypto` takes to verify the signature of a proof, without anything else. */
export function timeOfVerification(count) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = Buffer.alloc(400, 'a header and claims');
  const signature = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const before = process.cpuUsage();
  for (let done = 0; done < count; done += 1) {
    verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
