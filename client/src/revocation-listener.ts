import { systemClock, type Clock } from './clock.js';
import { NetworkError } from './errors.js';
import type { Events } from './events.js';
import { SessionRevokedDocument, type SessionRevokedSubscription } from './generated/documents.js';
import type { GrantKeeper, KeeperEvents } from './grant-keeper.js';
import type { Refresher } from './refresher.js';
import { retryDelay } from './retry-delay.js';
import type { Grant, Revocation } from './session.js';
import { openSubscription, type Subscription, type WebSocketClass } from './subscription-socket.js';
import { onWake, surroundings } from './surroundings.js';

export interface ListenerEvents extends KeeperEvents {
  revocation: Revocation;
}

export interface RevocationListenerOptions {
  readonly url: string;
  /** Default: `url`, with `ws:` or `wss:`. */
  readonly webSocketUrl?: string | undefined;
  /** Default: the global `WebSocket`. */
  readonly webSocket?: WebSocketClass | undefined;
}

/** The cursor before all events that the service still keeps. */
const BEGINNING = '0-0';

/** How long to wait for an expected event, in milliseconds. */
const LAST_WORD_PATIENCE = 2000;

/** How far the clocks of the service's instances may be apart, in milliseconds. */
const CLOCK_TOLERANCE = 1000;

/** How long a socket stays open without listeners, in milliseconds. */
const LINGER = 5000;

interface Listening {
  readonly sessionId: string;
  isConnected(): boolean;
  probe(): void;
  stop(): void;
}

/**
 * Subscribes to revocations of the wallet's sessions while there is a session and a listener. Even if connections are
 * lost, no event is missed, and each is delivered once and in order.
 */
export function createRevocationListener(
  options: RevocationListenerOptions,
  keeper: GrantKeeper,
  refresher: Refresher,
  clock: Clock,
  events: Events<ListenerEvents>,
) {
  const { webSocket = surroundings.WebSocket } = options;
  let wanted = false;
  let listening: Listening | undefined;
  let cancelStop = () => {};

  function update() {
    const sessionId = wanted && webSocket ? keeper.current?.session.id : undefined;
    if (sessionId === listening?.sessionId) {
      // A refresh brings a new token, which the socket must present.
      listening?.probe();
      return;
    }
    listening?.stop();
    listening = sessionId ? listen(sessionId) : undefined;
  }

  function stop() {
    cancelStop();
    wanted = false;
    update();
  }

  function listen(ownId: string): Listening {
    let cursor = BEGINNING;
    let subscription: Subscription | undefined;
    let cancelRetry = () => {};
    let failures = 0;
    // Without a cursor, the service sends all events that it keeps: older ones are ignored.
    const since = clock.now() + (keeper.current?.clockOffset ?? 0) - CLOCK_TOLERANCE;

    function connect() {
      cancelRetry();
      const { current } = keeper;
      if (!current || !webSocket) return;
      subscription = openSubscription({
        url: () => webSocketUrlOf(options),
        webSocket,
        accessToken: () => keeper.current?.accessToken,
        query: String(SessionRevokedDocument),
        variables: { after: cursor },
        onOpen: () => (failures = 0),
        onNext: ({ sessionRevoked }: SessionRevokedSubscription) => {
          ({ cursor } = sessionRevoked);
          if (Date.parse(sessionRevoked.revokedAt) >= since) {
            events.emit('revocation', sessionRevoked);
          }
          const { sessionId, reason } = sessionRevoked;
          if (sessionId === ownId) void keeper.end({ sessionId, reason });
        },
        onClose: (why, refused) => void connectAgain(current, why, refused),
      });
    }

    async function connectAgain(grant: Grant, why?: string, refused?: boolean) {
      subscription = undefined;
      failures += 1;
      // Keeps a Node.js process alive, as the open connection does.
      cancelRetry = clock.schedule(retryDelay(failures), connect);
      try {
        // A new token may work; otherwise the session has ended.
        if (refused) await refresher.refresh(grant);
        else if (why) throw new NetworkError(`The connection was lost: ${why}`);
      } catch (error) {
        events.emit('error', error);
      }
    }

    const stopWaking = onWake(() => {
      if (subscription) subscription.probe();
      else connect();
    });
    connect();
    return {
      sessionId: ownId,
      isConnected: () => failures === 0,
      probe: () => subscription?.probe(),
      stop() {
        stopWaking();
        cancelRetry();
        subscription?.close();
      },
    };
  }

  events.on('change', update);
  return {
    /** Resolves when the reason for the end of the session has arrived, or is no longer expected. */
    async lastWord() {
      if (!listening?.isConnected()) return;
      await new Promise<void>((resolve) => {
        const stop = events.on('end', done);
        const cancel = systemClock.schedule(LAST_WORD_PATIENCE, done);
        function done() {
          stop();
          cancel();
          resolve();
        }
      });
    },
    /**
     * Sets whether there are listeners. The socket stays open for a moment, because a page that changes may add
     * listeners again.
     */
    want(now: boolean) {
      cancelStop();
      if (now) {
        wanted = now;
        update();
      } else cancelStop = clock.schedule(LINGER, stop, true);
    },
    stop,
  };
}

/**
 * Called for each socket, because a server that renders a page cannot resolve a relative URL. An absolute one stays a text:
 * the `URL` of React Native has no setters, and appends a slash.
 */
function webSocketUrlOf({ url, webSocketUrl }: RevocationListenerOptions): string {
  const absolute = () =>
    /^http/i.test(url) ? url : new URL(url, surroundings.location?.href).href;
  return webSocketUrl ?? absolute().replace(/^http/i, 'ws');
}
