import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Connection, Lapse } from '../lifecycle/connect.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import { TRY_AGAIN_LATER } from './socket-limits.js';
import { WalletSessionsError } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import { bearerToken } from '../http/credential.js';

/**
 * The session was refreshed, and the socket has not presented the new access token in time. After this code clients of
 * graphql-ws connect again by themselves, and ask their `connectionParams` for the token.
 */
const TOKEN_SUPERSEDED = 4498;

/** How long a socket stays open for its last messages, in milliseconds. */
const MAX_FAREWELL_TIME = 5000;

/** How a socket is closed whose connection to its session has lapsed. */
const LAPSED: Readonly<Record<Lapse, readonly [code: number, reason: string]>> = {
  superseded: [TOKEN_SUPERSEDED, 'The session was refreshed: connect with the new token'],
  ended: [CloseCode.Forbidden, 'Session ended'],
  unchecked: [TRY_AGAIN_LATER, 'SERVICE_UNAVAILABLE'],
};

/** The tie between a socket and the session that it was opened with. */
export interface SocketSession {
  readonly connection: Connection;
  /** Resolves when the socket has been closed because its connection lapsed. */
  readonly lapsed: Promise<void>;
  /** Lets this end before the socket is closed with the session. */
  readonly closeAfter: (ended: Promise<void>) => void;
  /** To be called when the socket has closed. */
  release(): void;
}

interface SocketSessionOptions {
  readonly sessions: SessionLifecycle;
  /** As validated by the token that opens the socket. */
  readonly session: Session;
  readonly socket: WebSocket;
  /** Resolves when the answers under way have been sent. */
  readonly answered: () => Promise<unknown>;
}

/**
 * Ties a socket to its session. The socket is closed with the session's end, whichever instance decided it, after its
 * subscriptions have sent their last event; and when its token was superseded and it has not presented the successor in
 * time ({@link Connection}), after the answers under way have been sent. Resolves to `undefined` where the session has
 * ended meanwhile.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function bindToSession({
  sessions,
  session,
  socket,
  answered,
}: SocketSessionOptions): Promise<SocketSession | undefined> {
  const farewells = new Set<Promise<void>>();
  const watch = await sessions.watch(session, ({ sessionId, reason }) => {
    if (sessionId !== session.id) return;
    void closeAfter(Promise.all(farewells), CloseCode.Forbidden, `Session ended: ${reason}`);
  });

  function closeAfter(ended: Promise<unknown>, code: number, reason: string): Promise<void> {
    return new Promise((resolve) => {
      const close = () => {
        clearTimeout(deadline);
        socket.close(code, reason);
        resolve();
      };
      const deadline = setTimeout(close, MAX_FAREWELL_TIME);
      void ended.then(close);
    });
  }

  let sayLapsed: (closed: Promise<void>) => void = () => {};
  const lapsed = new Promise<void>((resolve) => (sayLapsed = resolve));
  // From here on its end is heard; had it ended before, it would be gone now.
  const connection = await sessions
    .connect(session, (why) => {
      sayLapsed(closeAfter(answered(), ...LAPSED[why]));
    })
    .catch((error: unknown) => {
      watch.stop();
      throw error;
    });
  const release = () => {
    watch.stop();
    connection?.release();
  };
  if (connection === undefined || socket.readyState !== socket.OPEN) {
    release();
    return undefined;
  }
  return {
    connection,
    lapsed,
    closeAfter(ended) {
      farewells.add(ended);
      void ended.then(() => farewells.delete(ended));
    },
    release,
  };
}

type Payload = Record<string, unknown>;

/** A socket whose client may present new access tokens. */
interface PresentingSocket {
  readonly bound?: SocketSession | undefined;
  readonly socket: WebSocket;
  readonly source: ClientInfo;
  /** The access tokens from pings that are being checked. */
  readonly presenting: Set<Promise<unknown>>;
}

/** Maximum number of tokens that are checked concurrently for one socket. Each check may read the store. */
const MAX_PENDING = 4;

/**
 * The payload that answers a ping. A ping with an `authorization` presents the access token anew, such as the one that a
 * refresh brought: its answer says whether the socket now counts as opened with it (`accepted`). A token that is not (or
 * no longer) valid changes nothing; one of another session closes the socket. The answer to any other ping is what it
 * brought.
 */
export async function pongFor(
  { bound, socket, source, presenting }: PresentingSocket,
  ping: Payload | undefined,
  report: ReportError,
): Promise<Payload | undefined> {
  const authorization = ping?.['authorization'];
  if (typeof authorization !== 'string') return ping;
  const token = bearerToken(authorization);
  if (bound === undefined || token === undefined || presenting.size >= MAX_PENDING) {
    return { accepted: false };
  }
  const presentation = bound.connection.present(token);
  presenting.add(presentation);
  try {
    const outcome = await presentation;
    if (outcome === 'foreign') socket.close(CloseCode.Forbidden, 'Token of another session');
    return { accepted: outcome === 'accepted' };
  } catch (error) {
    if (!(error instanceof WalletSessionsError)) throw error;
    report(error.cause ?? error, source);
    return { accepted: false };
  } finally {
    presenting.delete(presentation);
  }
}
