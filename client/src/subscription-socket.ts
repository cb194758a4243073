import { systemClock } from './clock.js';
import { authorizationOf } from './authorization.js';

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
  readonly url: () => string;
  readonly query: string;
  readonly variables: object;
  /** Returns the current access token, which opens the socket and goes with each ping; none if tokens are in cookies. */
  readonly accessToken: () => string | null | undefined;
  /** The service has acknowledged the connection. */
  readonly onOpen: () => void;
  readonly onNext: (data: never) => void;
  /**
   * Called once when the socket has closed, except by `close`. No other call follows.
   * @param why the failure; `undefined` if the service asks for a new socket after a refresh
   * @param refused whether the service no longer accepts the access token
   */
  readonly onClose: (why?: string, refused?: boolean) => void;
}

export interface Subscription {
  /** Sends a ping with the access token. Closes the socket if there is no reply. */
  probe(): void;
  close(): void;
}

/** The protocol's close code for an invalid token or an ended session. */
const FORBIDDEN = 4403;

/** The service's close code for a socket with a superseded token. */
const SUPERSEDED = 4498;

/** How long to wait for an acknowledgement or a pong, and the silence after which to send a ping, in milliseconds. */
const PATIENCE = 10_000;
const PING_INTERVAL = 30_000;

interface ServerMessage {
  readonly type: string;
  readonly payload?: unknown;
}

/**
 * Opens a socket for one subscription, with the client's part of graphql-transport-ws. The caller decides whether to
 * reconnect, and from which cursor. Timeouts use the clock of the machine, because they only check that the connection
 * is alive.
 */
export function openSubscription(options: SubscriptionOptions): Subscription {
  const { webSocket: WebSocketImpl, url, query, variables, accessToken } = options;
  let acknowledged = false;
  let over = false;
  let cancel = () => {};
  let socket: Socket | undefined;

  function close() {
    over = true;
    cancel();
    socket?.close(1000);
  }

  function fail(why?: string, refused?: boolean) {
    if (over) return;
    close();
    options.onClose(why, refused);
  }

  const send = (message: object) => socket?.send(JSON.stringify(message));
  /** There is at most one timeout at a time. */
  const after = (delay: number, act: () => void) => {
    cancel();
    cancel = systemClock.schedule(delay, act, true);
  };
  const expectAnswer = () => {
    after(PATIENCE, () => {
      fail('No answer in time.');
    });
  };
  const probe = () => {
    send({ type: 'ping', payload: authorizationOf(accessToken()) });
    expectAnswer();
  };

  function receive({ type, payload }: ServerMessage) {
    if (type === 'connection_ack') {
      acknowledged = true;
      send({ id: '1', type: 'subscribe', payload: { query, variables } });
      options.onOpen();
      // A refresh may have replaced the token in the meantime.
      probe();
    } else if (type === 'ping') {
      send({ type: 'pong' });
    } else if (type === 'next' || type === 'error') {
      const { data } = payload as { data?: unknown };
      const errors = JSON.stringify(payload);
      if (data) options.onNext(data as never);
      else fail(errors, errors.includes('"UNAUTHENTICATED"'));
    } else if (type === 'complete') {
      fail(type);
    }
  }

  try {
    socket = new WebSocketImpl(url(), 'graphql-transport-ws');
    expectAnswer();
    socket.onopen = () => {
      send({ type: 'connection_init', payload: authorizationOf(accessToken()) });
    };
    socket.onmessage = ({ data }: { data: string }) => {
      if (over) return;
      // Any message shows that the connection is alive.
      after(PING_INTERVAL, probe);
      try {
        receive(JSON.parse(data) as ServerMessage);
      } catch (error) {
        fail(String(error));
      }
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      fail(code === SUPERSEDED ? undefined : `Closed with ${code} ${reason}`, code === FORBIDDEN);
    };
    // An error is followed by a close.
    socket.onerror = () => {};
  } catch (error) {
    queueMicrotask(() => {
      fail(String(error));
    });
  }

  return {
    probe: () => {
      // Before that, a response is expected anyway.
      if (acknowledged && !over) probe();
    },
    close,
  };
}
