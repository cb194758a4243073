import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The unanswered requests of a server. */
interface Unanswered {
  /** Their responses, on all connections. */
  all(): Iterable<ServerResponse>;
  /** Their number on one connection. */
  on(connection: Duplex): number;
  /** Calls back when all requests of a connection are answered or the connection closes; immediately if there are none. */
  afterAllOn(connection: Duplex, callback: () => void): void;
  /** Calls back after each response. */
  afterEach(callback: () => void): void;
}

const known = new WeakMap<Server, Unanswered>();

/** Tracks the requests of a server from now on; one tracker per server. */
export function unansweredOf(http: Server): Unanswered {
  const existing = known.get(http);
  if (existing !== undefined) return existing;
  const ofConnections = new Map<Duplex, Set<ServerResponse>>();
  const waiting = new WeakMap<Duplex, () => void>();
  const listeners: (() => void)[] = [];

  function allAnswered(connection: Duplex): void {
    waiting.get(connection)?.();
    waiting.delete(connection);
  }

  // Shared by all requests, because it is on the hot path.
  function answered(this: ServerResponse): void {
    const { socket } = this.req;
    const responses = ofConnections.get(socket);
    responses?.delete(this);
    if (responses?.size === 0) allAnswered(socket);
    for (const listener of listeners) listener();
  }

  // When a connection closes, Node.js does not close the responses that are queued on it.
  function closed(this: Duplex): void {
    ofConnections.delete(this);
    allAnswered(this);
  }

  // Runs before the handlers.
  http.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (socket.destroyed) return;
    let responses = ofConnections.get(socket);
    if (responses === undefined) {
      responses = new Set();
      ofConnections.set(socket, responses);
      socket.once('close', closed);
    }
    responses.add(response);
    response.on('close', answered);
  });

  const unanswered: Unanswered = {
    *all() {
      for (const responses of ofConnections.values()) yield* responses;
    },
    on: (connection) => ofConnections.get(connection)?.size ?? 0,
    afterAllOn(connection, callback) {
      if (unanswered.on(connection) === 0) callback();
      else waiting.set(connection, callback);
    },
    afterEach(callback) {
      listeners.push(callback);
    },
  };
  known.set(http, unanswered);
  return unanswered;
}

/**
 * Prepares a graceful stop. The returned function stops accepting connections, closes idle connections, and closes each
 * other connection after its requests in progress are answered. It resolves when all connections are closed.
 */
export function prepareDrain(http: Server): () => Promise<void> {
  const unanswered = unansweredOf(http);
  let draining = false;

  unanswered.afterEach(() => {
    if (draining) http.closeIdleConnections();
  });
  // Runs before the handlers.
  http.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeWith(response);
  });

  return () =>
    new Promise((resolve) => {
      draining = true;
      // Also closes idle connections.
      http.close(() => {
        resolve();
      });
      for (const response of unanswered.all()) closeWith(response);
    });
}

function closeWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
