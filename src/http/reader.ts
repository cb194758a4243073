import type { IncomingMessage } from 'node:http';
import type { ClientInfo } from '../sessions/session.js';
import { bearerToken } from './credential.js';
import { createRequestSource } from './source.js';

/** Reads from a request what its session is validated with. */
export interface RequestReader {
  /** The access token that the request bears, or `undefined` where it bears none. */
  credentialOf(request: IncomingMessage): string | undefined;
  /** Who sent it. */
  sourceOf(request: IncomingMessage): ClientInfo;
}

/** @param trustedProxies see {@link createRequestSource} */
export function createRequestReader(trustedProxies: readonly string[]): RequestReader {
  return {
    credentialOf: ({ headers }) => bearerToken(headers.authorization),
    sourceOf: createRequestSource(trustedProxies),
  };
}
