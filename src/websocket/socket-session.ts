import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Connection, Lapse } from '../lifecycle/connect.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { ClientInfo, Revocation, Session } from '../sessions/session.js';
import type { Watch } from '../sessions/store.js';
import { TRY_AGAIN_LATER } from './socket-limits.js';
import { WalletSessionsError } from '../errors.js';
import { reportUndisclosed, type ReportError } from '../graphql/errors.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import { authorizationIn, credentialIn } from '../http/credential.js';

/**
 * The session was refreshed, and the socket has not presented the new access token in time. After this code, clients of
 * graphql-ws reconnect and get the token from their `connectionParams`.
 */
const TOKEN_SUPERSEDED = 4498;

/** Milliseconds that a socket may stay open for its last messages. */
const MAX_FAREWELL_TIME = 5000;

/** Close code and reason when the connection to the session has lapsed. */
const LAPSED: Readonly<Record<Lapse, readonly [code: number, reason: string]>> = {
  superseded: [TOKEN_SUPERSEDED, 'The session was refreshed: connect with the new token'],
  ended: [CloseCode.Forbidden, 'Session ended'],
  unchecked: [TRY_AGAIN_LATER, 'SERVICE_UNAVAILABLE'],
};

/** A socket, and the responses that it has yet to send. */
interface AnsweringSocket {
  readonly socket: WebSocket;
  /** Resolves when pending responses have been sent. */
  answered(): Promise<unknown>;
}

/**
 * Binds a socket to its session. The socket is closed when the session ends at any instance, after its subscriptions have
 * sent their last event. It is also closed, after pending responses have been sent, when its token was superseded and it has
 * not presented the successor in time ({@link Connection}). Resolves to `undefined` if the session has ended in the
 * meantime.
 * @param session the session, validated by the token that opens the socket
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function bindToSession(
  sessions: SessionLifecycle,
  session: Session,
  answering: AnsweringSocket,
): Promise<SocketSession | undefined> {
  const { socket } = answering;
  const bound = new SocketSession(session.id, answering);
  const watch = await sessions.watch(session, (revocation) => {
    bound.onRevocation(revocation);
  });
  // The watch is active: if the session had ended before, connecting would fail.
  const connection = await sessions
    .connect(session, (why) => {
      bound.onLapse(why);
    })
    .catch((error: unknown) => {
      watch.stop();
      throw error;
    });
  if (connection !== undefined && socket.readyState === socket.OPEN) {
    bound.keep(watch, connection);
    return bound;
  }
  watch.stop();
  connection?.release();
  return undefined;
}

/**
 * The binding of a socket to the session with which it was opened. A class, so that the sockets of an instance share its
 * methods.
 */
export class SocketSession {
  declare connection: Connection;
  /** Resolves when the socket has been closed because its connection lapsed; `undefined` before that. */
  lapsed: Promise<void> | undefined = undefined;
  private watch: Watch | undefined = undefined;
  private farewells: Set<Promise<void>> | undefined = undefined;

  constructor(
    private readonly sessionId: string,
    private readonly answering: AnsweringSocket,
  ) {}

  keep(watch: Watch, connection: Connection): void {
    this.watch = watch;
    this.connection = connection;
  }

  onRevocation({ sessionId, reason }: Revocation): void {
    if (sessionId !== this.sessionId) return;
    const sent = Promise.all([...(this.farewells ?? [])]);
    void this.closeWhen(sent, CloseCode.Forbidden, `Session ended: ${reason}`);
  }

  onLapse(why: Lapse): void {
    this.lapsed = this.closeWhen(this.answering.answered(), ...LAPSED[why]);
  }

  /**
   * Delays the close at the session's end until `ended` resolves. It is a function of the socket, so that the context of
   * each subscription can refer to it.
   */
  readonly closeAfter = (ended: Promise<void>): void => {
    const farewells = (this.farewells ??= new Set());
    farewells.add(ended);
    void ended.then(() => farewells.delete(ended));
  };

  /** Called when the socket has closed. */
  release(): void {
    this.watch?.stop();
    this.connection.release();
  }

  private closeWhen(ended: Promise<unknown>, code: number, reason: string): Promise<void> {
    return new Promise((resolve) => {
      const close = () => {
        clearTimeout(deadline);
        this.answering.socket.close(code, reason);
        resolve();
      };
      const deadline = setTimeout(close, MAX_FAREWELL_TIME);
      void ended.then(close);
    });
  }
}

type Payload = Record<string, unknown>;

/** A socket whose client may present new access tokens. */
interface PresentingSocket {
  readonly bound?: SocketSession | undefined;
  readonly socket: WebSocket;
  readonly source: ClientInfo;
  /** The path of the socket's URL. */
  readonly path: string;
  /** The access tokens from pings that are being checked. */
  readonly presenting: Set<Promise<unknown>>;
}

/** Maximum number of tokens that are checked concurrently for one socket. Each check may read the store. */
const MAX_PENDING = 4;

/**
 * Returns the payload of the pong. A ping with an `authorization` presents an access token, such as the one from a
 * refresh; `accepted` in the pong says whether the socket now uses it. An invalid token changes nothing; a token of
 * another session closes the socket. Any other ping is answered with its own payload.
 */
export async function pongFor(
  { bound, socket, source, path, presenting }: PresentingSocket,
  ping: Payload | undefined,
  report: ReportError,
): Promise<Payload | undefined> {
  if (typeof authorizationIn(ping) !== 'string') return ping;
  const credential = credentialIn(ping, path);
  if (bound === undefined || credential === undefined || presenting.size >= MAX_PENDING) {
    return { accepted: false };
  }
  const presentation = bound.connection.present(credential, source);
  presenting.add(presentation);
  try {
    const outcome = await presentation;
    if (outcome === 'foreign') socket.close(CloseCode.Forbidden, 'Token of another session');
    return { accepted: outcome === 'accepted' };
  } catch (error) {
    if (!(error instanceof WalletSessionsError)) throw error;
    if (error instanceof KeyProofRefused) return { accepted: false, ...error.extensions };
    reportUndisclosed(report, error, source);
    return { accepted: false };
  } finally {
    presenting.delete(presentation);
  }
}
