import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The requests of a server that are not answered yet. */
interface Unanswered {
  /** Their responses, on all connections. */
  all(): Iterable<ServerResponse>;
  /** How many there are on one connection. */
  on(connection: Duplex): number;
  /** Calls back when every request of a connection is answered or the connection closes; at once if no request is open. */
  afterAllOn(connection: Duplex, callback: () => void): void;
  /** Calls back after each answer. */
  afterEach(callback: () => void): void;
}

const known = new WeakMap<Server, Unanswered>();

/** Watches the requests of a server from now on, once for each server. */
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

  // One for all: it takes part in each request.
  function answered(this: ServerResponse): void {
    const { socket } = this.req;
    const responses = ofConnections.get(socket);
    responses?.delete(this);
    if (responses?.size === 0) allAnswered(socket);
    for (const listener of listeners) listener();
  }

  // Node.js does not close the responses that waited for their turn on a connection when it closes.
  function closed(this: Duplex): void {
    ofConnections.delete(this);
    allAnswered(this);
  }

  // Before anybody answers.
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
 * Lets a server stop without cutting anybody off. The function returned stops accepting connections,
 * lets the requests under way be answered, on connections that close with the answer, and resolves when
 * all are closed: also those that a client keeps open for its next request.
 */
export function prepareDrain(http: Server): () => Promise<void> {
  const unanswered = unansweredOf(http);
  let draining = false;

  unanswered.afterEach(() => {
    if (draining) http.closeIdleConnections();
  });
  // Before anybody answers.
  http.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeWith(response);
  });

  return () =>
    new Promise((resolve) => {
      draining = true;
      // It closes those that are idle now, too.
      http.close(() => {
        resolve();
      });
      for (const response of unanswered.all()) closeWith(response);
    });
}

function closeWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
