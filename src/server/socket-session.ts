import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { SessionLifecycle } from '../session/lifecycle/index.js';
import type { Session } from '../session/session.js';

/** How long a socket stays open for the last word of its subscriptions, in milliseconds. */
const LONGEST_FAREWELL = 5000;

/** The tie between a socket and the session that it was opened with. */
export interface SocketSession {
  readonly session: Session;
  /** Lets this end before the socket is closed with the session. */
  readonly closeAfter: (ended: Promise<void>) => void;
  /** To be called when the socket has closed. */
  release(): void;
}

/**
 * Ties a socket to its session: it outlives every refresh of the session and is closed with the
 * session's end, whichever instance decided it, after its subscriptions have sent their last event.
 * Resolves to `undefined` where the session has ended meanwhile.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function bindToSession(
  sessions: SessionLifecycle,
  session: Session,
  socket: WebSocket,
): Promise<SocketSession | undefined> {
  const farewells = new Set<Promise<void>>();
  const watch = await sessions.watch(session, ({ sessionId, reason }) => {
    if (sessionId !== session.id) return;
    const close = () => {
      clearTimeout(deadline);
      socket.close(CloseCode.Forbidden, `Session ended: ${reason}`);
    };
    const deadline = setTimeout(close, LONGEST_FAREWELL);
    void Promise.all(farewells).then(close);
  });
  // From here on its end is heard; had it ended before, it would be gone now.
  const bound = await sessions.resume(session).catch((error: unknown) => {
    watch.stop();
    throw error;
  });
  if (bound === undefined || socket.readyState !== socket.OPEN) {
    watch.stop();
    return undefined;
  }
  return {
    session: bound,
    closeAfter(ended) {
      farewells.add(ended);
      void ended.then(() => farewells.delete(ended));
    },
    release: () => {
      watch.stop();
    },
  };
}
