import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { CredentialRequest } from './credential.js';

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
