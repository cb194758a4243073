import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { withDefault, type ValuesOf } from '../options.js';
import { duration, integer } from '../setting-types.js';
import { networkOf } from '../rate-limits/network.js';
import { RequestRefused } from '../http/refusal.js';
import { createQuota } from '../http/quota.js';
import { unansweredOf } from '../http/unanswered.js';
import { boundUnreadResponses } from './unread-responses.js';

export const INTAKE_SETTINGS = {
  /** How long the head of a request may take to arrive. An overdue request is answered with 408. */
  headersTimeout: withDefault(10_000, duration(1)),
  /**
   * How long a whole request may take to arrive, with its body. An overdue request is answered with 408. Also how long a
   * WebSocket message may take to arrive; the socket of an overdue one is closed with 1008.
   */
  requestTimeout: withDefault(30_000, duration(1)),
  /**
   * How long a connection is kept open for another request. Set it above the idle timeout of a proxy or load balancer in
   * front (60 seconds in nginx and in Application Load Balancers of AWS): otherwise a request may arrive just when the
   * service closes the connection, and the client gets 502.
   */
  keepAliveTimeout: withDefault(75_000, duration(1000)),
  /**
   * Maximum number of open connections, including WebSockets, of one IPv4 address or IPv6 /64; a further one is closed
   * immediately; 0 means no limit. Connections from `TRUSTED_PROXIES` do not count.
   */
  connectionsPerNetwork: withDefault(2000, integer(0, 1_000_000)),
  /** Maximum number of open connections in all; a further one is closed immediately; 0 means no limit. */
  connections: withDefault(20_000, integer(0, 1_000_000)),
};

/** Limits on incoming connections and requests, per instance. */
export type IntakeLimits = ValuesOf<typeof INTAKE_SETTINGS>;

/** Bytes of a request's head, and of the trailers of a chunked body. */
const MAX_HEAD_SIZE = 16_384;

/** Node.js silently drops further headers. */
const MAX_HEADERS = 200;

/** Maximum number of pipelined requests (RFC 9112 §9.3.2) of one connection that wait for their responses. */
const MAX_UNANSWERED = 16;

/**
 * Milliseconds after which a connection with a request in progress is closed if nothing moves on it, for example if the
 * client does not read. Between requests, the keep-alive timeout applies instead.
 */
const INACTIVITY_TIMEOUT = 60_000;

/** Milliseconds between two checks for overdue requests. */
const CHECKING_INTERVAL = 1000;

/** Connections that were closed unread, by the limit that they exceeded. */
export interface RefusedConnections {
  /** {@link IntakeLimits.connectionsPerNetwork} */
  readonly network: number;
  /** {@link IntakeLimits.connections} */
  readonly instance: number;
}

const refusals = new WeakMap<Server, RefusedConnections>();

/** How many connections a server of {@link createBoundedServer} has refused so far. */
export function refusedConnectionsOf(http: Server): RefusedConnections {
  return refusals.get(http) ?? { network: 0, instance: 0 };
}

/**
 * Creates a server of `node:http` with limits on all input, and on output that nobody reads. It answers an overdue request
 * with 408 and a head that is too long with 431, and closes connections over the limit.
 * @param isTrustedProxy whether an address belongs to a proxy, whose connections serve many clients
 */
export function createBoundedServer(
  limits: IntakeLimits,
  isTrustedProxy: (address: string) => boolean = () => false,
): Server {
  const { headersTimeout, requestTimeout, keepAliveTimeout, connections } = limits;
  const http = createServer({
    ServerResponse: boundUnreadResponses(isTrustedProxy),
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.min(CHECKING_INTERVAL, headersTimeout),
    maxHeaderSize: MAX_HEAD_SIZE,
    requireHostHeader: true,
  });
  http.maxHeadersCount = MAX_HEADERS;
  http.setTimeout(INACTIVITY_TIMEOUT);
  if (connections > 0) http.maxConnections = connections;
  const refused = { network: 0, instance: 0 };
  refusals.set(http, refused);
  http.on('drop', () => (refused.instance += 1));
  boundConnections(
    http,
    limits.connectionsPerNetwork,
    isTrustedProxy,
    () => (refused.network += 1),
  );
  boundPipelines(http);
  return http;
}

/**
 * Limits the connections per network. A connection whose peer is gone has no address to count and is closed. Node.js
 * caches the address after the first read.
 */
function boundConnections(
  http: Server,
  limit: number,
  isTrustedProxy: (address: string) => boolean,
  onRefused: () => void,
): void {
  const ofNetworks = createQuota(limit);
  const counted = new WeakSet<Socket>();
  http.on('connection', (socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined) {
      socket.destroy();
      return;
    }
    // A connection is emitted again when it is handed back to the server (`ordinary-upgrades.ts`).
    if (counted.has(socket) || isTrustedProxy(address)) return;
    const network = networkOf(address);
    if (!ofNetworks.take(network)) {
      onRefused();
      socket.destroy();
      return;
    }
    counted.add(socket);
    socket.once('close', () => {
      ofNetworks.give(network);
    });
  });
}

/** Node.js processes all requests of a pipeline concurrently. A connection with too many of them is closed. */
function boundPipelines(http: Server): void {
  const unanswered = unansweredOf(http);
  http.prependListener('request', ({ socket }: IncomingMessage) => {
    if (unanswered.on(socket) >= MAX_UNANSWERED) socket.destroy();
  });
}

/** @throws RequestRefused 431 `TOO_MANY_HEADERS` if headers were dropped */
export function assertWholeHead({ rawHeaders }: IncomingMessage): void {
  if (rawHeaders.length < 2 * MAX_HEADERS) return;
  const message = `The request has ${MAX_HEADERS} header fields or more.`;
  throw new RequestRefused(431, 'TOO_MANY_HEADERS', message);
}
