import { systemClock } from './clock.js';
import { authorizationOf } from './authorization.js';
import type { AnsweredError } from './errors.js';

/** The part of the WebSocket API that is used: that of browsers, of Node 22, of `ws`. */
export type WebSocketClass = new (url: string, protocol: string) => Socket;

interface Socket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export interface SubscriptionOptions {
  readonly webSocket: WebSocketClass;
  readonly url: string;
  readonly query: string;
  readonly variables: object;
  /** Where there is none, a cookie says who asks. */
  readonly accessToken: string | null;
  /** The service has acknowledged the connection. */
  readonly onOpen: () => void;
  readonly onNext: (data: never) => void;
  /** It is over: once, and nothing comes after it. Not called after `close`. */
  readonly onClose: (close: SubscriptionClose) => void;
}

export interface SubscriptionClose {
  /** Whether the service no longer accepts the access token. */
  readonly refused: boolean;
  readonly why: string;
}

export interface Subscription {
  /** Asks for a sign of life: closes where none comes. */
  probe(): void;
  close(): void;
}

/** The protocol's close code for a token or a session that is not (or no longer) valid. */
const FORBIDDEN = 4403;

/** How long to wait for an acknowledgement or a pong, and how often to ask, in milliseconds. */
const PATIENCE = 10_000;
const PING_INTERVAL = 30_000;

interface ServerMessage {
  readonly type: string;
  readonly payload?: unknown;
}

/**
 * One subscription on a socket of its own, from its opening to its end: the client's side of
 * graphql-transport-ws. Whether to begin again, and from where, is the caller's to decide.
 * Time is the machine's: this is about whether a connection is alive.
 */
export function openSubscription(options: SubscriptionOptions): Subscription {
  const { webSocket: WebSocketImpl, url, query, variables, accessToken } = options;
  let acknowledged = false;
  let over = false;
  let cancelDeadline = () => {};
  let cancelPing = () => {};
  let socket: Socket | undefined;

  function finish(close?: SubscriptionClose) {
    if (over) return;
    over = true;
    cancelDeadline();
    cancelPing();
    socket?.close(1000);
    if (close) options.onClose(close);
  }

  const fail = (why: string, refused = false) => {
    finish({ refused, why });
  };
  const send = (message: object) => socket?.send(JSON.stringify(message));
  const expectAnswer = () => {
    cancelDeadline();
    cancelDeadline = systemClock.schedule(
      PATIENCE,
      () => {
        fail('No answer in time.');
      },
      true,
    );
  };
  const probe = () => {
    cancelPing();
    cancelPing = systemClock.schedule(PING_INTERVAL, probe, true);
    send({ type: 'ping' });
    expectAnswer();
  };

  function receive({ type, payload }: ServerMessage) {
    if (type === 'connection_ack') {
      acknowledged = true;
      send({ id: '1', type: 'subscribe', payload: { query, variables } });
      options.onOpen();
      cancelPing = systemClock.schedule(PING_INTERVAL, probe, true);
    } else if (type === 'ping') {
      send({ type: 'pong' });
    } else if (type === 'next') {
      const { data, errors } = payload as { data?: unknown; errors?: unknown };
      if (errors === undefined && data !== undefined) options.onNext(data as never);
      else fail(JSON.stringify(errors));
    } else if (type === 'error') {
      const errors = payload as readonly AnsweredError[];
      const refused = errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
      fail(JSON.stringify(errors), refused);
    } else if (type === 'complete') {
      fail('The service completed the subscription.');
    }
  }

  try {
    socket = new WebSocketImpl(url, 'graphql-transport-ws');
    expectAnswer();
    socket.onopen = () => {
      send({ type: 'connection_init', payload: authorizationOf(accessToken) });
    };
    socket.onmessage = ({ data }: { data: string }) => {
      // Whatever comes shows that the connection is alive.
      cancelDeadline();
      if (over) return;
      try {
        receive(JSON.parse(data) as ServerMessage);
      } catch (error) {
        fail(String(error));
      }
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      fail(`Closed with ${code} ${reason}`, code === FORBIDDEN);
    };
    // What follows an error is a close.
    socket.onerror = () => {};
  } catch (error) {
    queueMicrotask(() => {
      fail(String(error));
    });
  }

  return {
    probe: () => {
      // Before that, an answer is expected anyway.
      if (acknowledged && !over) probe();
    },
    close: () => {
      finish();
    },
  };
}
