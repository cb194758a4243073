import type { IncomingMessage } from 'node:http';
import type { ClientInfo } from '../sessions/session.js';
import type { Warning } from '../warning.js';
import { bearerToken } from './credential.js';
import { createRequestSource } from './source.js';

/** Reads from a request what is needed to validate its session. */
export interface RequestReader {
  /** The bearer token of the request, or `undefined` without one. */
  credentialOf(request: IncomingMessage): string | undefined;
  /** The client that sent the request. */
  sourceOf(request: IncomingMessage): ClientInfo;
}

/** Parameters as of {@link createRequestSource}. */
export function createRequestReader(
  trustedProxies: readonly string[],
  warn: (warning: Warning) => void,
): RequestReader {
  return {
    credentialOf: ({ headers }) => bearerToken(headers.authorization),
    sourceOf: createRequestSource(trustedProxies, warn),
  };
}
