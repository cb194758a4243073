import type { IncomingMessage, Server as HttpServer } from 'node:http';
import {
  CloseCode,
  handleProtocols,
  MessageType,
  stringifyMessage,
  type Server as ProtocolServer,
} from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  COOKIES_OUT_OF_REACH,
  type CookieSession,
  type OpenCookieSession,
} from '../http/cookies/cookie-session.js';
import { isFromPage } from '../http/cookies/allowed-page.js';
import { WalletSessionsError } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import { REFUSAL_STATUS } from '../http/refusal-status.js';
import { networkOf } from '../rate-limits/network.js';
import type { ClientInfo } from '../sessions/session.js';
import { createQuota, EVERYBODY } from '../http/quota.js';
import {
  boundControlFrames,
  createMessageMemory,
  POLICY_VIOLATION,
  TRY_AGAIN_LATER,
  type SocketLimits,
} from './socket-limits.js';
import type { SocketExtra } from './graphql-over-websocket.js';
import { listenForWebSockets } from '../http/ordinary-upgrades.js';
import { pongFor } from './socket-session.js';
import { refuseHandshake, RequestRefused } from '../http/refusal.js';
import { pathOf, readTarget } from '../http/request-target.js';
import { boundUnfinishedMessages } from './unfinished-messages.js';

export interface SocketServerOptions {
  readonly http: HttpServer;
  readonly path: string;
  readonly protocol: ProtocolServer<SocketExtra>;
  readonly sourceOf: (request: IncomingMessage) => ClientInfo;
  /** The web origins whose pages may open sockets, in addition to the server's own. */
  readonly origins: readonly string[];
  /** Set if sessions may be in cookies: the socket uses those of its handshake. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly limits: SocketLimits;
  /** Maximum size of a message, in bytes; a larger one closes the socket with 1009. */
  readonly messageLimit: number;
  /**
   * Checks a handshake before it is processed.
   * @throws RequestRefused
   */
  readonly assertAdmitted?: ((request: IncomingMessage) => void) | undefined;
  readonly report: ReportError;
}

/** Current load of a server. */
export interface ServerLoad {
  readonly sockets: number;
  readonly subscriptions: number;
  /** Bytes, as {@link SocketLimits.memory} counts them. */
  readonly messageMemory: number;
}

/** Milliseconds between two pings of a socket. */
const KEEP_ALIVE = 12_000;

/** RFC 6455 §7.4.1: the server goes down. Clients of graphql-ws reconnect. */
const GOING_AWAY = 1001;

/** Milliseconds that a client may take to answer the close. */
const MAX_CLOSE_TIME = 2000;

/** Maximum bytes of unread output. Above it, the server stops reading from the socket until the client has read them. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Maximum bytes of the reason in a close frame (RFC 6455 §5.5). */
const MAX_REASON_LENGTH = 123;

/**
 * Bytes. Clients and networks usually split messages into fragments and packets larger than this. ws keeps each part as
 * an object until its message is complete.
 */
const MIN_PART_LENGTH = 256;

/** Number of parts that is always allowed, even for a short message. */
const MIN_PARTS = 64;

export interface SocketServer {
  load(): ServerLoad;
  close(): Promise<void>;
}

/**
 * Accepts WebSockets and runs the protocol on them. `close` refuses new sockets and closes each one after its operations
 * have been answered; clients resume their subscriptions at the next instance.
 */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { http, path, protocol, sourceOf, origins, limits, messageLimit, report } = options;
  const { openCookieSession, assertAdmitted = readTarget } = options;
  const maxParts = Math.max(MIN_PARTS, Math.ceil(messageLimit / MIN_PART_LENGTH));
  const socketsOfNetwork = createQuota(limits.socketsPerNetwork);
  const socketsInAll = createQuota(limits.sockets);
  const memory = createMessageMemory(limits, messageLimit);
  const cookieSessions = new WeakMap<IncomingMessage, CookieSession>();
  const handshakeCookies = new WeakMap<IncomingMessage, readonly string[]>();
  /** Read once per handshake, because it assigns a request id. */
  const sources = new WeakMap<IncomingMessage, ClientInfo>();
  const open = new Map<WebSocket, SocketExtra>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    maxFragments: maxParts,
    maxBufferedChunks: maxParts,
    // With compression, a short frame could expand to a long message.
    perMessageDeflate: false,
    handleProtocols,
    verifyClient: ({ req }, decide) => {
      const source = sourceOf(req);
      sources.set(req, source);
      admit(req, source).then(
        (refusal) => {
          decide(refusal === undefined, refusal);
        },
        (error: unknown) => {
          report(error, source);
          decide(false, 500);
        },
      );
    },
  });

  /**
   * Resolves to the status with which to refuse the handshake, or `undefined`. Browsers let any page open a socket to any
   * host, and send the page's `Origin`. Other clients send none, and no page can misuse them (CWE-1385, cross-site
   * WebSocket hijacking).
   */
  async function admit(request: IncomingMessage, source: ClientInfo): Promise<number | undefined> {
    const { headers } = request;
    if (headers.origin !== undefined && !isFromPage(headers, origins)) return 403;
    try {
      const put = (setCookies: readonly string[]) => handshakeCookies.set(request, setCookies);
      const opened = await openCookieSession?.(request, source, put);
      if (opened !== undefined) cookieSessions.set(request, opened);
      return undefined;
    } catch (error) {
      if (!(error instanceof WalletSessionsError)) throw error;
      if (error.cause !== undefined) report(error.cause, source);
      return REFUSAL_STATUS[error.code] ?? 500;
    }
  }

  const stopListening = listenForWebSockets(http, (request, stream, head) => {
    if (pathOf(request) !== path) {
      // An embedding application may serve other WebSockets on other paths.
      if (http.listenerCount('upgrade') > 1) return;
      refuseHandshake(
        stream,
        new RequestRefused(404, 'NOT_FOUND', 'No WebSocket is served at this path.'),
      );
      return;
    }
    try {
      assertAdmitted(request);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      refuseHandshake(stream, error);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit('connection', socket, request);
    });
  });

  sockets.on('headers', (headers, request) => {
    const { requestId } = sources.get(request) ?? {};
    if (requestId !== undefined) headers.push(`X-Request-Id: ${requestId}`);
    for (const cookie of handshakeCookies.get(request) ?? []) headers.push(`Set-Cookie: ${cookie}`);
  });

  sockets.on('connection', (socket, request) => {
    // On an invalid frame, ws closes the socket with the right code.
    socket.on('error', () => undefined);
    const source = sources.get(request) ?? sourceOf(request);
    const network = networkOf(source.ipAddress ?? 'unknown');
    const { messageTimeout } = limits;
    boundUnfinishedMessages(socket, request.socket, memory.arriving(network), messageTimeout);
    if (!socketsOfNetwork.take(network)) {
      socket.close(POLICY_VIOLATION, 'Too many sockets of this address');
      return;
    }
    if (!socketsInAll.take(EVERYBODY)) {
      socketsOfNetwork.give(network);
      socket.close(TRY_AGAIN_LATER, 'Too many sockets at this instance');
      return;
    }
    const stopKeepAlive = keepAlive(socket, boundControlFrames(socket));
    const cookieSession = cookieSessions.get(request);
    const extra: SocketExtra = {
      socket,
      source,
      network,
      origin: request.headers.origin,
      path,
      session: cookieSession?.session,
      cookies: cookieSession && COOKIES_OUT_OF_REACH,
      underWay: new Set(),
      answering: new Map(),
      subscribed: new Set(),
      counted: new Map(),
      presenting: new Set(),
    };
    open.set(socket, extra);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        onPing: async (ping) => {
          const payload = await pongFor(extra, ping, report);
          await send(
            socket,
            stringifyMessage({ type: MessageType.Pong, ...(payload && { payload }) }),
          );
        },
        close: (code, reason) => {
          socket.close(code, fitting(reason));
        },
        onMessage: (handle) => {
          socket.on('message', (data) => {
            const text = (data as Buffer).toString();
            const taken = memory.take(network, text.length);
            if (typeof taken !== 'function') {
              socket.close(taken.code, taken.reason);
              return;
            }
            handle(read(text)).then(taken, (error: unknown) => {
              taken();
              fail(socket, error, source);
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      socketsOfNetwork.give(network);
      socketsInAll.give(EVERYBODY);
      open.delete(socket);
      stopKeepAlive();
      closed(code, reason.toString()).catch(report);
    });
  });

  function fail(socket: WebSocket, error: unknown, source: ClientInfo): void {
    if (isForClients(error)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    report(error, source);
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }

  return {
    load() {
      let subscriptions = 0;
      for (const { subscribed } of open.values()) subscriptions += subscribed.size;
      return { sockets: open.size, subscriptions, messageMemory: memory.held() };
    },
    async close() {
      stopListening();
      const allClosed = new Promise<void>((resolve) => {
        sockets.close(() => {
          resolve();
        });
      });
      for (const socket of sockets.clients) {
        const underWay = [...(open.get(socket)?.answering.values() ?? [])];
        void Promise.all(underWay.map(({ sent }) => sent)).then(() => {
          socket.close(GOING_AWAY, 'Going away');
          setTimeout(() => {
            socket.terminate();
          }, MAX_CLOSE_TIME).unref();
        });
      }
      await allClosed;
    },
  };
}

/**
 * Parses a message before graphql-ws does. graphql-ws accepts parsed messages, as its `parseMessage` does, although its
 * types say string, and keeps its input until the operation is over: without the text, a subscription takes less memory.
 */
function read(text: string): string {
  try {
    const message: unknown = JSON.parse(text);
    // graphql-ws would parse a JSON string a second time.
    return typeof message === 'string' ? text : (message as string);
  } catch {
    // graphql-ws closes the socket with the right code.
    return text;
  }
}

/**
 * Whether the client sent a message of a type that only servers send (`next`, `connection_ack`). graphql-ws throws a
 * plain Error for it.
 */
function isForClients(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/**
 * Pings the client, so that proxies keep the connection, and terminates a socket that has not answered the last ping.
 * @param allowMoreControlFrames called before each ping
 */
function keepAlive(socket: WebSocket, allowMoreControlFrames: () => void): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    allowMoreControlFrames();
    socket.ping();
  }, KEEP_ALIVE);
  return () => {
    clearInterval(timer);
  };
}

function send(socket: WebSocket, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    // After a failed send the socket closes, which ends its operations.
    socket.send(data, () => {
      if (socket.bufferedAmount <= MAX_UNSENT_BYTES) socket.resume();
      resolve();
    });
    // Otherwise a client that sends requests or pings and never reads could fill the memory.
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.pause();
  });
}

/** The reason if it fits into a close frame, otherwise an empty one. It may quote input of the client. */
function fitting(reason = ''): string {
  return Buffer.byteLength(reason) <= MAX_REASON_LENGTH ? reason : '';
}
