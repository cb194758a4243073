import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import proxyAddress from 'proxy-addr';
import type { RequestSource } from '../session/session.js';

/** Browsers send about 120 characters; what is longer says no more about the device. */
const LONGEST_USER_AGENT = 256;

/**
 * Reads who sent a request.
 * @param trustedProxies addresses, subnets or `loopback`, `linklocal`, `uniquelocal`: `X-Forwarded-For`
 * is believed only where one of these wrote it. Where Express has read the address by its own setting,
 * `trust proxy`, that address is taken.
 */
export function createRequestSource(trustedProxies: readonly string[]) {
  const trusts = proxyAddress.compile([...trustedProxies]);
  const addressOf = (request: IncomingMessage) =>
    trustedProxies.length === 0 ? request.socket.remoteAddress : proxyAddress(request, trusts);
  return (request: IncomingMessage & ReadByApplication): RequestSource => ({
    ipAddress: request.ip ?? addressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT),
    requestId: requestIdOf(request),
  });
}

/** What a framework, or middleware, may have read of the request already. */
interface ReadByApplication {
  readonly ip?: string | undefined;
  /** As `pino-http` and others leave it. */
  readonly id?: unknown;
}

/** The id that the application or a proxy gave the request, if it looks like one; else a new one. */
function requestIdOf({ headers, id }: IncomingMessage & ReadByApplication): string {
  const given = id ?? headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}
