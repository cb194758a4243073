import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { credentialOf, proofOf, type CredentialRequest } from './credential.js';
import type { Warning } from '../errors.js';
import type { ClientInfo } from '../sessions/session.js';
import type { AccessCredential, PresentedProof } from '../key-binding/proof.js';
import { copyString } from '../copy-string.js';
import { visibleText } from '../visible-text.js';
import { createClientAddress } from './client-address.js';
import { requestIdOf } from './request-id.js';

/**
 * What is read of a request to find its session and its client, in any framework: a request of `node:http` fits. Names of
 * headers are in lower case.
 */
export interface RequestHead extends CredentialRequest {
  readonly headers: IncomingHttpHeaders;
  /** Only the address of the peer is read. */
  readonly socket?: Pick<IncomingMessage['socket'], 'remoteAddress'> | undefined;
  /** The client's address, if a framework has read it by its own setting. */
  readonly ip?: string | undefined;
  /** The request id, if a framework has given it one. */
  readonly id?: unknown;
  /** The application of Express. */
  readonly app?: unknown;
}

/** Reads from a request what is needed to validate its session. */
export interface RequestReader {
  /**
   * What the request presents in its `Authorization` header, or `undefined` if it has none: a bearer token, or a token with
   * the proof of a key (DPoP, RFC 9449).
   */
  credentialOf(request: RequestHead): AccessCredential | undefined;
  /** The proof of a key in the `DPoP` header of the request, for `sessions.refresh` and the sign-in. */
  proofOf(request: RequestHead): PresentedProof | undefined;
  /** The client that sent the request. */
  sourceOf(request: RequestHead): ClientInfo;
}

/** How a request is validated. */
export interface ValidationOptions {
  /** Whether a session in cookies is refreshed when its refresh window has opened. Default true. */
  readonly refresh?: boolean | undefined;
}

/** Parameters as of {@link createRequestSource}. */
export function createRequestReader(
  trustedProxies: readonly string[],
  warn: (warning: Warning) => void,
): RequestReader {
  return {
    credentialOf,
    proofOf,
    sourceOf: createRequestSource(trustedProxies, warn),
  };
}

/** In characters. Browsers send about 120. */
const MAX_USER_AGENT_LENGTH = 256;

/**
 * Creates a function that reads the client of a request.
 * @param trustedProxies addresses, subnets or `loopback`, `linklocal`, `uniquelocal`, from which `X-Forwarded-For` is
 * trusted. If a framework has read the address by its own setting, such as `trust proxy` of Express, that address is used.
 * @param warn receives a warning, once for each kind, if a proxy is not configured or sends no IP address
 */
export function createRequestSource(
  trustedProxies: readonly string[],
  warn: (warning: Warning) => void,
) {
  const addressOf = createClientAddress(trustedProxies, warn);
  return (request: RequestHead): ClientInfo => ({
    ipAddress: addressOf(request),
    userAgent: userAgentOf(request.headers['user-agent']),
    requestId: requestIdOf(request),
  });
}

/** Node.js reads headers as Latin-1, in which the bytes 0x80 to 0x9f are controls that terminals obey. */
function userAgentOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const visible = visibleText(header);
  return visible.length <= MAX_USER_AGENT_LENGTH
    ? visible
    : copyString(visible.slice(0, MAX_USER_AGENT_LENGTH));
}
