import type { WebSocket } from 'ws';
import { POLICY_VIOLATION, refuse } from './socket-limits.js';

/** Milliseconds between two pings of a socket. */
const KEEP_ALIVE = 12_000;

/** Number of groups of sockets that are pinged one after the other, so that an instance does not ping all at once. */
const GROUPS = 12;

/** Maximum number of pings and pongs from a client between two pings of the server. */
const MAX_CONTROL_FRAMES = 60;

/** The control frames (RFC 6455 §5.5) of the sockets of a server. */
export interface ControlFrames {
  /**
   * Pings the client, so that proxies keep the connection, and terminates a socket that has not answered the last ping.
   *
   * Closes a socket with 1008 if it sends too many pings and pongs. ws answers each ping even if the client does not read.
   * Between the fragments of a message, control frames would make ws keep buffers far longer than the message.
   */
  follow(socket: WebSocket): void;
  /** Called when the socket has closed. */
  leave(socket: WebSocket): void;
}

interface Followed {
  readonly group: Set<WebSocket>;
  hasAnswered: boolean;
  /** Number of frames since the last ping of the server. */
  frames: number;
}

/** One timer and one listener for all sockets: of its own, each socket would take several hundred bytes more. */
export function createControlFrames(): ControlFrames {
  const groups = Array.from({ length: GROUPS }, () => new Set<WebSocket>());
  const followed = new Map<WebSocket, Followed>();
  let last = 0;
  let timer: NodeJS.Timeout | undefined;

  function pingNext(): void {
    last = (last + 1) % GROUPS;
    for (const socket of groups[last] ?? []) ping(socket);
  }

  function ping(socket: WebSocket): void {
    const state = followed.get(socket);
    if (state?.hasAnswered !== true) {
      socket.terminate();
      return;
    }
    state.hasAnswered = false;
    state.frames = 0;
    socket.ping();
  }

  function onPing(this: WebSocket): void {
    count(this);
  }

  function onPong(this: WebSocket): void {
    count(this);
    const state = followed.get(this);
    if (state !== undefined) state.hasAnswered = true;
  }

  function count(socket: WebSocket): void {
    const state = followed.get(socket);
    if (state === undefined) return;
    state.frames += 1;
    if (state.frames !== MAX_CONTROL_FRAMES + 1) return;
    refuse(socket, { code: POLICY_VIOLATION, reason: 'Too many control frames' });
  }

  return {
    follow(socket) {
      // The group that was pinged last, so that the socket is pinged after a whole interval.
      const group = groups[last] ?? new Set();
      followed.set(socket, { group: group.add(socket), hasAnswered: true, frames: 0 });
      socket.on('ping', onPing).on('pong', onPong);
      timer ??= setInterval(pingNext, KEEP_ALIVE / GROUPS);
    },
    leave(socket) {
      followed.get(socket)?.group.delete(socket);
      followed.delete(socket);
      if (followed.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
