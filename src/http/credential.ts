import type { IncomingMessage } from 'node:http';
import { tokenOf, type AccessCredential, type PresentedProof } from '../key-binding/proof.js';

/** What is read of a request, whatever server it came to; `IncomingMessage` of Node.js fits. */
export interface CredentialRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Set by Express, which removes the path of a router from `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: {
    readonly authorization?: string | undefined;
    /** A proof of a key (RFC 9449). */
    readonly dpop?: string | string[] | undefined;
  };
  readonly rawHeaders?: IncomingMessage['rawHeaders'] | undefined;
}

const SCHEME = /^(Bearer|DPoP)(?: |$)/i;

/**
 * Returns the credential in an `Authorization` header, or `undefined` without one: the token of `Bearer` (RFC 6750,
 * section 2.1), or the token of `DPoP` with its proof (RFC 9449, section 7.1). Other schemes are ignored: behind a proxy with
 * a password, browsers send `Basic` with every request. The form of the token is not checked here.
 */
export function credentialOf(request: CredentialRequest): AccessCredential | undefined {
  const { authorization, dpop } = request.headers;
  if (authorization === undefined) return undefined;
  return readCredential(authorization, dpop === undefined ? undefined : proofOf(request));
}

/** Whether a request has a credential that {@link credentialOf} reads. */
export function hasCredential({ headers }: Pick<CredentialRequest, 'headers'>): boolean {
  return headers.authorization !== undefined && SCHEME.test(headers.authorization);
}

function readCredential(
  authorization: string,
  proof: PresentedProof | undefined,
): AccessCredential | undefined {
  // Most requests.
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length).trim();
  const [, scheme] = SCHEME.exec(authorization) ?? [];
  if (scheme === undefined) return undefined;
  const accessToken = authorization.slice(scheme.length).trim();
  if (scheme.toLowerCase() === 'bearer') return accessToken;
  return { accessToken, scheme: 'DPoP', proof };
}

/** By the list of raw headers: what a framework derives from a request has the same one. */
const proofs = new WeakMap<object, PresentedProof>();

/**
 * The proof of a key in the `DPoP` header of a request, or `undefined` without one. The same object each time: a proof is
 * verified once for a request.
 */
export function proofOf(request: CredentialRequest): PresentedProof | undefined {
  const { dpop } = request.headers;
  if (dpop === undefined) return undefined;
  const key = request.rawHeaders ?? request.headers;
  const before = proofs.get(key);
  if (before !== undefined) return before;
  const proof = {
    // More than one header makes no proof (RFC 9449 §4.3, check 1). Node.js has joined them already.
    text: String(dpop),
    method: request.method ?? '',
    path: pathIn(request.originalUrl ?? request.url ?? ''),
  };
  proofs.set(key, proof);
  return proof;
}

/** The path of a request target in origin form, without its query. */
function pathIn(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/**
 * The credential in a message of a WebSocket, like `connectionParams`: `authorization`, and for a session that is bound to
 * a key the proof in `dpop`, for a GET of the URL of the socket. `undefined` for anything else.
 * @param path the path of the socket's URL
 */
export function credentialIn(
  message: Readonly<Record<string, unknown>> | undefined,
  path: string,
): AccessCredential | undefined {
  const authorization = authorizationIn(message);
  if (typeof authorization !== 'string') return undefined;
  const text = inMessage(message, 'dpop');
  const proof =
    typeof text === 'string' ? { text, method: 'GET', path, isForSocket: true } : undefined;
  return readCredential(authorization, proof);
}

/**
 * The `WWW-Authenticate` of a response with 401. It names the error only if the request had credentials (RFC 6750 §3).
 */
export function challengeOf(authorization: string | undefined): string {
  return authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}

/** How JavaScript prints a value that is missing or is not a string. */
const PLACEHOLDER = /^(?:undefined|null|NaN|\[object \w{1,24}\]|)$/;

/**
 * The mistake in an access token that the client's code put together from a missing value, like `Bearer undefined`, for
 * the message of the refusal; otherwise `undefined`. Short enough for the reason in a close frame.
 */
export function mistakeInToken(credential: AccessCredential | undefined): string | undefined {
  if (credential === undefined) return undefined;
  const token = tokenOf(credential);
  if (!PLACEHOLDER.test(token)) return undefined;
  const what = token === '' ? 'empty' : `"${token}", a missing value`;
  return `The access token is ${what}. Send authorization only with a token.`;
}

/**
 * The `authorization` in a message of a WebSocket, like `connectionParams`: at its top level or in `headers`, as several
 * clients send it, and in upper or lower case (RFC 9110 §5.1). `undefined` without one.
 */
export function authorizationIn(message: Readonly<Record<string, unknown>> | undefined): unknown {
  return inMessage(message, 'authorization');
}

function inMessage(message: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return fieldIn(message, name) ?? fieldIn(message?.['headers'], name);
}

function fieldIn(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const entries = Object.entries(fields);
  return entries.find(
    ([key, value]) => key.toLowerCase() === name && value != null,
  )?.[1] as unknown;
}
