import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { WalletSessionsError } from '../errors.js';
import { reportUndisclosed, type ReportError } from '../graphql/errors.js';
import { isFromPage } from '../http/cookies/allowed-page.js';
import type { CookieSession, OpenCookieSession } from '../http/cookies/cookie-session.js';
import { listenForWebSockets } from '../http/ordinary-upgrades.js';
import { REFUSAL_STATUS, refuseHandshake, RequestRefused } from '../http/refusal.js';
import { copyRequestId } from '../http/request-id.js';
import { pathOf, readTarget } from '../http/request-target.js';
import type { ClientInfo } from '../sessions/session.js';

export interface HandshakeOptions {
  readonly http: HttpServer;
  readonly path: string;
  readonly sourceOf: (request: IncomingMessage) => ClientInfo;
  /** The web origins whose pages may open sockets, in addition to the server's own. */
  readonly origins: readonly string[];
  /** Set if sessions may be in cookies: the socket uses those of its handshake. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  /** Maximum size of a message, in bytes; a larger one closes the socket with 1009. */
  readonly messageLimit: number;
  /**
   * Checks a handshake before it is processed.
   * @throws RequestRefused
   */
  readonly assertAdmitted?: ((request: IncomingMessage) => void) | undefined;
  readonly report: ReportError;
}

/** An admitted handshake. */
export interface Handshake {
  readonly request: IncomingMessage;
  /** Read once per handshake, because it assigns a request id. */
  readonly source: ClientInfo;
  /** The session in the cookies of the handshake. */
  readonly cookieSession?: CookieSession | undefined;
}

/** The WebSockets of a server. */
export interface AcceptedSockets {
  readonly sockets: ReadonlySet<WebSocket>;
  /** Refuses further handshakes. Resolves when all sockets are closed. */
  close(): Promise<void>;
}

/**
 * Bytes. Clients and networks usually split messages into fragments and packets larger than this. ws keeps each part as
 * an object until its message is complete.
 */
const MIN_PART_LENGTH = 256;

/** Number of parts that is always allowed, even for a short message. */
const MIN_PARTS = 64;

/** Admits or refuses the handshakes of WebSockets at a path, and calls `onSocket` with each new socket. */
export function acceptWebSockets(
  options: HandshakeOptions,
  onSocket: (socket: WebSocket, handshake: Handshake) => void,
): AcceptedSockets {
  const { http, path, sourceOf, origins, messageLimit, report } = options;
  const { openCookieSession, assertAdmitted = readTarget } = options;
  const maxParts = Math.max(MIN_PARTS, Math.ceil(messageLimit / MIN_PART_LENGTH));
  const handshakes = new WeakMap<IncomingMessage, Handshake>();
  const newCookies = new WeakMap<IncomingMessage, readonly string[]>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    maxFragments: maxParts,
    maxBufferedChunks: maxParts,
    // With compression, a short frame could expand to a long message.
    perMessageDeflate: false,
    handleProtocols,
    verifyClient: ({ req }, decide) => {
      const source = withOwnRequestId(req, sourceOf(req));
      handshakes.set(req, { request: req, source });
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
      const put = (setCookies: readonly string[]) => newCookies.set(request, setCookies);
      const opened = await openCookieSession?.(request, source, put);
      handshakes.set(request, { request, source, cookieSession: opened });
      return undefined;
    } catch (error) {
      if (!(error instanceof WalletSessionsError)) throw error;
      reportUndisclosed(report, error, source);
      return REFUSAL_STATUS[error.code] ?? 500;
    }
  }

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    try {
      assertAdmitted(request);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      refuseHandshake(stream, error);
      return;
    }
    server.handleUpgrade(request, stream, head, (socket) => {
      onSocket(
        socket,
        handshakes.get(request) ?? {
          request,
          source: withOwnRequestId(request, sourceOf(request)),
        },
      );
    });
  };
  const stopListening = listenForWebSockets(http, {
    serves: (request) => pathOf(request) === path,
    upgrade,
  });

  server.on('headers', (headers, request) => {
    const requestId = handshakes.get(request)?.source.requestId;
    if (requestId !== undefined) headers.push(`X-Request-Id: ${requestId}`);
    for (const cookie of newCookies.get(request) ?? []) headers.push(`Set-Cookie: ${cookie}`);
  });

  return {
    sockets: server.clients,
    close() {
      stopListening();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** The source with a copy of its request id, which would keep many others in memory as long as the socket. */
function withOwnRequestId(request: IncomingMessage, source: ClientInfo): ClientInfo {
  const { requestId } = source;
  if (requestId === undefined) return source;
  return { ...source, requestId: copyRequestId(request, requestId) };
}
