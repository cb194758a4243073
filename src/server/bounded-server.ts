import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../rate-limits/network.js';
import { RequestRefused } from './refusal.js';
import { createQuota } from './quota.js';
import { unansweredOf } from './unanswered.js';

/** How much a server takes from its clients before it has answered. Counted in each instance. */
export interface IntakeLimits {
  /** Milliseconds that a request's head may take to arrive, from the opening of a new connection on. */
  readonly headersTimeout: number;
  /** Milliseconds that a whole request may take to arrive; at least {@link headersTimeout}. */
  readonly requestTimeout: number;
  /** Open connections; 0 means no limit. */
  readonly connections: number;
  /** Open connections of one IPv4 address or IPv6 /64; 0 means no limit. */
  readonly connectionsPerNetwork: number;
}

/** Bytes of a request's head, and of the trailers of a chunked body. */
const MAX_HEAD_SIZE = 16_384;

/** Node.js leaves out what is more, silently. */
const MAX_HEADERS = 200;

/** Requests of one connection (pipelining, RFC 9112 §9.3.2) that may wait for their answers. */
const MAX_UNANSWERED = 16;

/** Milliseconds after which a connection is closed on which nothing moves, as with a client that does not read. */
const INACTIVITY_TIMEOUT = 60_000;

/** Milliseconds between two looks at which requests are overdue. */
const CHECKING_INTERVAL = 1000;

/**
 * A server of `node:http` with bounds on everything that arrives. It answers an overdue request with 408, and a head that
 * is too long with 431; it closes a connection that would be one too many.
 * @param isTrustedProxy whether an address is that of a proxy, whose connections are those of many clients
 */
export function createBoundedServer(
  limits: IntakeLimits,
  isTrustedProxy: (address: string) => boolean = () => false,
): Server {
  const { headersTimeout, requestTimeout, connections } = limits;
  const http = createServer({
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(CHECKING_INTERVAL, headersTimeout),
    maxHeaderSize: MAX_HEAD_SIZE,
    requireHostHeader: true,
  });
  http.maxHeadersCount = MAX_HEADERS;
  http.setTimeout(INACTIVITY_TIMEOUT);
  if (connections > 0) http.maxConnections = connections;
  boundConnections(http, limits.connectionsPerNetwork, isTrustedProxy);
  boundPipelines(http);
  return http;
}

/**
 * Connections whose other end is gone already are closed: nobody waits for an answer over them, and they have no address
 * to count them for any more. Node.js keeps the address that was read once.
 */
function boundConnections(
  http: Server,
  limit: number,
  isTrustedProxy: (address: string) => boolean,
): void {
  const ofNetworks = createQuota(limit);
  const counted = new WeakSet<Socket>();
  http.on('connection', (socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined) {
      socket.destroy();
      return;
    }
    // A connection comes a second time when it is handed back to the server (`ordinary-upgrades.ts`).
    if (counted.has(socket) || isTrustedProxy(address)) return;
    const network = networkOf(address);
    if (!ofNetworks.take(network)) {
      socket.destroy();
      return;
    }
    counted.add(socket);
    socket.once('close', () => {
      ofNetworks.give(network);
    });
  });
}

/** Node.js executes all requests of a pipeline at once. A connection with too many of them is closed. */
function boundPipelines(http: Server): void {
  const unanswered = unansweredOf(http);
  http.prependListener('request', ({ socket }: IncomingMessage) => {
    if (unanswered.on(socket) >= MAX_UNANSWERED) socket.destroy();
  });
}

/** @throws RequestRefused 431 `TOO_MANY_HEADERS` for a head that was cut */
export function assertWholeHead({ rawHeaders }: IncomingMessage): void {
  if (rawHeaders.length < 2 * MAX_HEADERS) return;
  const message = `The request has ${MAX_HEADERS} header fields or more.`;
  throw new RequestRefused(431, 'TOO_MANY_HEADERS', message);
}
