import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import proxyAddress from 'proxy-addr';
import { copyString } from '../copy-string.js';
import type { ClientInfo } from '../sessions/session.js';
import { visibleText } from '../visible-text.js';

/** Browsers send about 120 characters; a longer text says no more about the device. */
const MAX_USER_AGENT_LENGTH = 256;

/**
 * Reads who sent a request.
 * @param trustedProxies addresses, subnets or `loopback`, `linklocal`, `uniquelocal`: `X-Forwarded-For`
 * is believed only where one of these wrote it. Where Express has read the address by its own setting,
 * `trust proxy`, that address is taken.
 */
export function createRequestSource(trustedProxies: readonly string[]) {
  const trusts = proxyAddress.compile([...trustedProxies]);
  const addressOf = (request: IncomingMessage & ReadByApplication) => {
    if (request.ip !== undefined) return withoutPort(request.ip);
    if (trustedProxies.length === 0) return request.socket.remoteAddress;
    return withoutPort(proxyAddress(withNearestHops(request) as IncomingMessage, trusts));
  };
  return (request: IncomingMessage & ReadByApplication): ClientInfo => ({
    ipAddress: addressOf(request),
    userAgent: userAgentOf(request.headers['user-agent']),
    requestId: requestIdOf(request),
  });
}

/** What `proxy-addr` reads of a request. */
type Forwarded = Pick<IncomingMessage, 'socket' | 'headers'>;

/** In characters: about 60 proxies in a row. */
const MAX_FORWARDED_FOR_LENGTH = 1000;

/**
 * The request with the end of its `X-Forwarded-For`, if that is too long. Proxies append to it, and it is read from its
 * end, so the part that is cut off is the part that the client could make up.
 */
function withNearestHops(request: IncomingMessage): Forwarded {
  const header = request.headers['x-forwarded-for'];
  if (typeof header !== 'string' || header.length <= MAX_FORWARDED_FOR_LENGTH) return request;
  const end = header.slice(-MAX_FORWARDED_FOR_LENGTH);
  const hops = end.slice(end.indexOf(',') + 1);
  return { socket: request.socket, headers: { 'x-forwarded-for': hops } };
}

/** Node.js reads headers as Latin-1, in which the bytes 0x80 to 0x9f are controls that terminals obey. */
function userAgentOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const visible = visibleText(header);
  return visible.length <= MAX_USER_AGENT_LENGTH
    ? visible
    : copyString(visible.slice(0, MAX_USER_AGENT_LENGTH));
}

/**
 * Some proxies write the port of the connection beside the address: `203.0.113.7:50123`, `[2001:db8::7]:50123`. With
 * it, each connection would count as an address of its own.
 */
function withoutPort(address: string): string {
  const [, ipv4, ipv6] = WITH_PORT.exec(address) ?? [];
  return ipv4 ?? ipv6 ?? address;
}

const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

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
