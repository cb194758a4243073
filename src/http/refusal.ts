import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeUnlessWhole, lingerAndClose } from './lingering-close.js';
import type { ErrorCode } from '../errors.js';
import { PROOF_ALGORITHMS } from '../key-binding/public-key.js';

/** A request that is refused before it reaches GraphQL. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  /** @param retryAfter seconds to wait before a retry */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** A request whose method its path does not serve (405, RFC 9110 §15.5.6). */
export class MethodRefused extends RequestRefused {
  /** @param allow the methods that are served: the header `Allow` */
  constructor(
    readonly allow: string,
    message: string,
  ) {
    super(405, 'METHOD_NOT_ALLOWED', message);
  }
}

/**
 * Answers with a GraphQL response. If the body has not been read completely, the connection is closed.
 */
export function refuse(response: ServerResponse, refused: RequestRefused): void {
  response.statusCode = refused.status;
  closeUnlessWhole(response);
  for (const [name, value] of headersOf(refused)) response.setHeader(name, value);
  response.end(textOf(refused));
}

/** Answers a WebSocket handshake in the same way and closes its connection. */
export function refuseHandshake(stream: Duplex, refused: RequestRefused): void {
  const text = textOf(refused);
  const lines = [
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? ''}`,
    'connection: close',
    ...headersOf(refused).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  stream.write(`${lines.join('\r\n')}\r\n\r\n${text}`);
  lingerAndClose(stream);
}

function headersOf(refused: RequestRefused): [string, string][] {
  const { retryAfter } = refused;
  return [
    ['content-type', 'application/json; charset=utf-8'],
    ['cache-control', 'no-store'],
    ...(refused instanceof MethodRefused ? [['allow', refused.allow] as [string, string]] : []),
    ...(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)] as [string, string]]),
  ];
}

function textOf({ message, code, retryAfter }: RequestRefused): string {
  const extensions = { code, ...(retryAfter !== undefined && { retryAfter }) };
  return JSON.stringify({ errors: [{ message, extensions }] });
}

/** The HTTP status of a response that consists of the error alone, because nothing else could be done. */
export const REFUSAL_STATUS: Partial<Record<ErrorCode, number>> = {
  KEY_PROOF_REQUIRED: 401,
  KEY_PROOF_INVALID: 401,
  KEY_PROOF_NONCE_REQUIRED: 401,
  ORIGIN_NOT_ALLOWED: 403,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
};

/** The errors of RFC 9449 §12.2 and RFC 6750 §3.1 for refused proofs. */
const ERRORS: Partial<Record<ErrorCode, string>> = {
  KEY_PROOF_REQUIRED: 'invalid_token',
  KEY_PROOF_INVALID: 'invalid_dpop_proof',
  KEY_PROOF_NONCE_REQUIRED: 'use_dpop_nonce',
};

/** The headers of the response to a request whose proof was refused (RFC 9449 §7.1, §8); none for other errors. */
export function proofChallenge({
  code,
  nonce,
}: {
  readonly code: ErrorCode;
  readonly nonce?: string | undefined;
}): [name: string, value: string][] {
  const error = ERRORS[code];
  if (error === undefined) return [];
  const challenge = `DPoP error="${error}", algs="${PROOF_ALGORITHMS}"`;
  return [
    ['www-authenticate', challenge],
    ...(nonce === undefined ? [] : [['dpop-nonce', nonce] as [string, string]]),
  ];
}
