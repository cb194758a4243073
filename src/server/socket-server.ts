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
import { WalletSessionsError } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import { REFUSAL_STATUS } from '../http/refusal-status.js';
import { networkOf } from '../rate-limits/network.js';
import type { ClientInfo } from '../sessions/session.js';
import { createQuota, EVERYBODY } from './quota.js';
import {
  boundControlFrames,
  createMessageMemory,
  POLICY_VIOLATION,
  TRY_AGAIN_LATER,
  type SocketLimits,
} from './socket-limits.js';
import type { SocketExtra } from './graphql-over-websocket.js';
import { listenForWebSockets } from './ordinary-upgrades.js';
import { pongFor } from './socket-session.js';
import { refuseHandshake, RequestRefused } from './refusal.js';
import { pathOf, readTarget } from './request-target.js';

export interface SocketServerOptions {
  readonly http: HttpServer;
  readonly path: string;
  readonly protocol: ProtocolServer<SocketExtra>;
  readonly sourceOf: (request: IncomingMessage) => ClientInfo;
  /** The web origins whose pages may open sockets. */
  readonly origins: readonly string[];
  /** Where sessions may be in cookies: those of the handshake are the socket's. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly limits: SocketLimits;
  /** The longest message, in bytes; a longer one closes the socket with 1009. */
  readonly messageLimit: number;
  /**
   * Checks a handshake before anything is done for it.
   * @throws RequestRefused
   */
  readonly assertAdmitted?: ((request: IncomingMessage) => void) | undefined;
  readonly report: ReportError;
}

/** What a server holds at one moment. */
export interface ServerLoad {
  readonly sockets: number;
  readonly subscriptions: number;
  /** Bytes, as {@link SocketLimits.memory} counts them. */
  readonly messageMemory: number;
}

/** How often a socket is asked whether it is still there, in milliseconds. */
const KEEP_ALIVE = 12_000;

/** RFC 6455 §7.4.1: the server goes down. Clients of graphql-ws connect again. */
const GOING_AWAY = 1001;

/** How long a client may take to answer that, in milliseconds. */
const MAX_CLOSE_TIME = 2000;

/** Bytes that may wait for a client to read them: until they have gone, nothing more is read of what it sends. */
const MAX_UNSENT_BYTES = 1_000_000;

/** In bytes, of a close frame (RFC 6455 §5.5). */
const MAX_REASON_LENGTH = 123;

/**
 * Bytes. Clients split messages into fragments, and networks split frames into packets, of more than this. ws keeps each
 * one as an object until its message is complete.
 */
const MIN_PART_LENGTH = 256;

/** Parts that a message may come in, however short it is. */
const MIN_PARTS = 64;

export interface SocketServer {
  load(): ServerLoad;
  close(): Promise<void>;
}

/**
 * Accepts WebSockets and speaks the protocol on them. `close` refuses new ones and closes each when what
 * runs on it has been answered; subscriptions go on at the instance that the client connects to next.
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
  /** Read once for each handshake: a request without an id gets one then. */
  const sources = new WeakMap<IncomingMessage, ClientInfo>();
  const open = new Map<WebSocket, SocketExtra>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    maxFragments: maxParts,
    maxBufferedChunks: maxParts,
    // Else a short message could be a long one.
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
   * Browsers let any page open a socket to anywhere, and say which page in `Origin`. What is no browser
   * sends none: nobody can make it act for somebody else. (CWE-1385, cross-site WebSocket hijacking)
   * Resolves to the status to refuse the handshake with.
   */
  async function admit(request: IncomingMessage, source: ClientInfo): Promise<number | undefined> {
    const { headers } = request;
    if (headers.origin !== undefined && !origins.includes(headers.origin)) return 403;
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
      // Another path is another's, where an embedding application has more than this on its server.
      if (http.listenerCount('upgrade') > 1) return;
      refuseHandshake(stream, new RequestRefused(404, 'NOT_FOUND', 'There is no WebSocket here.'));
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
    // A frame that breaks the rules: ws closes the socket with the code for it by itself.
    socket.on('error', () => undefined);
    const source = sources.get(request) ?? sourceOf(request);
    const network = networkOf(source.ipAddress ?? 'unknown');
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
 * graphql-ws takes a message that is read already, as its `parseMessage` does, though its types say text. It keeps what
 * it is given until the operation is over: without the text, a subscription takes less.
 */
function read(text: string): string {
  try {
    const message: unknown = JSON.parse(text);
    // It would read a text in a text once more.
    return typeof message === 'string' ? text : (message as string);
  } catch {
    // It closes the socket with the code for that.
    return text;
  }
}

/**
 * A message of a type that only servers send (`next`, `connection_ack`): well-formed to graphql-ws, which
 * throws for lack of a case for it, and has no class for what it throws.
 */
function isForClients(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/**
 * Pings, so that proxies keep the connection, and ends one that has not answered the last ping.
 * @param allowMoreControlFrames called each time
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
    // A failure to send is followed by the socket's close, which ends what runs on it.
    socket.send(data, () => {
      if (socket.bufferedAmount <= MAX_UNSENT_BYTES) socket.resume();
      resolve();
    });
    // Else one that asks and never reads (pings are answered with what they bring) would fill the memory.
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.pause();
  });
}

/** What a close frame can hold of a reason, which may quote what a client sent: all or nothing. */
function fitting(reason = ''): string {
  return Buffer.byteLength(reason) <= MAX_REASON_LENGTH ? reason : '';
}
