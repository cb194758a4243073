import { verify, type KeyObject } from 'node:crypto';
import { readPublicKey, type ProofKey } from './public-key.js';
import { KeyProofRefused } from './refusal.js';

/** A proof of a key (DPoP, RFC 9449) as it came with a request, and what it must be for. */
export interface PresentedProof {
  /** The value of the `DPoP` header. */
  readonly text: string;
  /** The method of the request. */
  readonly method: string;
  /** The path of the request, without its query. Empty if it is not known: then the proof is refused. */
  readonly path: string;
  /** Whether the proof is for a WebSocket: its URL then has the scheme `ws` or `wss`. Default false. */
  readonly isForSocket?: boolean | undefined;
}

/** An access token and the proof that came with it. A token without either scheme or proof to speak of is a string. */
export interface TokenWithProof {
  readonly accessToken: string;
  /** The scheme of `Authorization`. */
  readonly scheme: 'Bearer' | 'DPoP';
  /** `undefined` if the request has none. */
  readonly proof: PresentedProof | undefined;
  /** Whether another server verifies the proof: the client of an introspection. Default false. */
  readonly isProvenElsewhere?: boolean | undefined;
}

/** An access token in a cookie, and the device cookie that came with it. */
export interface TokenWithDevice {
  readonly accessToken: string;
  /** `undefined` if the request has none. */
  readonly deviceCookie: string | undefined;
}

/** What a client presents to act in its session: a bearer token, or a token with a proof or from a cookie. */
export type AccessCredential = string | TokenWithProof | TokenWithDevice;

/** What a client presents with a refresh token: a proof of a key, or the device cookie that came with it. */
export type RefreshProof = PresentedProof | Pick<TokenWithDevice, 'deviceCookie'>;

/** The access token of a credential. */
export const tokenOf = (credential: AccessCredential): string =>
  typeof credential === 'string' ? credential : credential.accessToken;

/** The claims of a proof (RFC 9449 §4.2). */
export interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the Unix epoch. */
  readonly iat: number;
  readonly ath: string | undefined;
  readonly nonce: string | undefined;
}

/** A proof whose form is right and whose signature has not been verified. */
export interface ParsedProof {
  readonly key: ProofKey;
  readonly claims: ProofClaims;
  /** The header as it was sent: the same in all proofs of a client. */
  readonly header: string;
  readonly signed: string;
  readonly signature: string;
}

/** In characters. A proof with the longest accepted claims and some claims of the client's own. */
const MAX_PROOF_LENGTH = 2048;
const MAX_ID_LENGTH = 128;

/** A compact JWS (RFC 7515 §7.1) with a signature of 64 bytes, which both algorithms have. */
export const COMPACT_JWS = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/;

/**
 * Parses a proof: RFC 9449 §4.3, checks 1 to 6 and the form of the claims.
 * @param known the key of an earlier proof with this header, to save reading it again
 * @param now milliseconds since the Unix epoch
 * @throws KeyProofRefused `MALFORMED`, `ALGORITHM`, `KEY`, `TIME`
 */
export function parseProof(
  text: string,
  now: number,
  known?: { readonly header: string; readonly key: ProofKey },
): ParsedProof {
  const parts = text.length <= MAX_PROOF_LENGTH ? COMPACT_JWS.exec(text) : null;
  if (parts === null) throw new KeyProofRefused('MALFORMED');
  const [, header = '', payload = '', signature = ''] = parts;
  return {
    key: known?.header === header ? known.key : readHeader(header),
    claims: readClaims(payload, now),
    header,
    signed: `${header}.${payload}`,
    signature,
  };
}

function readHeader(text: string): ProofKey {
  const { typ, alg, jwk, crit } = readObject(text);
  // No extension of RFC 7515 is understood here, and an unknown critical one must be refused (§4.1.11).
  if (typ !== 'dpop+jwt' || crit !== undefined) throw new KeyProofRefused('MALFORMED');
  return readPublicKey(alg, jwk);
}

function readClaims(text: string, now: number): ProofClaims {
  const { jti, htm, htu, iat, ath, nonce, exp, nbf } = readObject(text);
  const isId = typeof jti === 'string' && jti !== '' && jti.length <= MAX_ID_LENGTH;
  if (!isId || typeof htm !== 'string' || typeof htu !== 'string' || !isTime(iat)) {
    throw new KeyProofRefused('MALFORMED');
  }
  if (!isTextOrNone(ath) || !isTextOrNone(nonce)) throw new KeyProofRefused('MALFORMED');
  // Not asked for, but to be obeyed where they are (RFC 7519 §4.1).
  const hasEnded = exp !== undefined && (!isTime(exp) || exp * 1000 <= now);
  const isEarly = nbf !== undefined && (!isTime(nbf) || nbf * 1000 > now);
  if (hasEnded || isEarly) throw new KeyProofRefused('TIME');
  return { jti, htm, htu, iat, ath, nonce };
}

export function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Refused below.
  }
  throw new KeyProofRefused('MALFORMED');
}

const isTime = (value: unknown): value is number => Number.isFinite(value);

const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

/**
 * Verifies the signature of a proof in the thread pool: on the event loop, it would take several times as long as the
 * rest of a request.
 * @throws KeyProofRefused `SIGNATURE`, `KEY`
 */
export function verifySignature({
  key,
  signed,
  signature,
}: Pick<ParsedProof, 'key' | 'signed' | 'signature'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const { algorithm } = key;
    verify(
      algorithm === 'ES256' ? 'sha256' : null,
      Buffer.from(signed, 'latin1'),
      // RFC 7518 §3.4: r and s one after the other, not in DER.
      algorithm === 'ES256' ? p1363(key.imported()) : key.imported(),
      Buffer.from(signature, 'base64url'),
      (error, isValid) => {
        if (error === null && isValid) resolve();
        else reject(new KeyProofRefused('SIGNATURE'));
      },
    );
  });
}

const p1363 = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' }) as const;
