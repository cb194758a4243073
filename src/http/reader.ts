import type { Warning } from '../errors.js';
import type { ClientInfo } from '../sessions/session.js';
import type { AccessCredential, PresentedProof } from '../key-binding/proof.js';
import { credentialOf, proofOf } from './credential.js';
import type { RequestHead } from './request-head.js';
import { createRequestSource } from './source.js';

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
