import {
  CloseCode,
  MessageType,
  stringifyMessage,
  type Server as ProtocolServer,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import { COOKIES_OUT_OF_REACH } from '../http/cookies/cookie-session.js';
import { createQuota, EVERYBODY } from '../http/quota.js';
import { networkOf } from '../rate-limits/network.js';
import type { ClientInfo } from '../sessions/session.js';
import { SocketExtra } from './socket-extra.js';
import { acceptWebSockets, type HandshakeOptions } from './handshake.js';
import { createControlFrames } from './control-frames.js';
import {
  createMessageMemory,
  POLICY_VIOLATION,
  refuse,
  TRY_AGAIN_LATER,
  type HeldMemory,
  type SocketLimits,
} from './socket-limits.js';
import { pongFor } from './socket-session.js';
import { boundUnfinishedMessages } from './unfinished-messages.js';

export interface SocketServerOptions extends HandshakeOptions {
  readonly protocol: ProtocolServer<SocketExtra>;
  readonly limits: SocketLimits;
}

/** Current load of a server. */
export interface ServerLoad {
  readonly sockets: number;
  readonly subscriptions: number;
  /** Bytes, as {@link SocketLimits.memory} counts them. */
  readonly messageMemory: number;
}

/** RFC 6455 §7.4.1: the server goes down. Clients of graphql-ws reconnect. */
const GOING_AWAY = 1001;

/** Milliseconds that a client may take to answer the close. */
const MAX_CLOSE_TIME = 2000;

/** Maximum bytes of unread output. Above it, the server stops reading from the socket until the client has read them. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Maximum bytes of the reason in a close frame (RFC 6455 §5.5). */
const MAX_REASON_LENGTH = 123;

export interface SocketServer {
  load(): ServerLoad;
  close(): Promise<void>;
}

/**
 * Accepts WebSockets and runs the protocol on them. `close` refuses new sockets and closes each one after its operations
 * have been answered; clients resume their subscriptions at the next instance.
 */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { path, protocol, limits, messageLimit, report } = options;
  const socketsOfNetwork = createQuota(limits.socketsPerNetwork);
  const socketsInAll = createQuota(limits.sockets);
  const memory = createMessageMemory(limits, messageLimit);
  const controlFrames = createControlFrames();
  const open = new Map<WebSocket, SocketExtra>();
  /** Of the clients that did not read a response at once. */
  const unread = new WeakMap<WebSocket, HeldMemory>();
  const accepted = acceptWebSockets(options, (socket, { request, source, cookieSession }) => {
    // On an invalid frame, ws closes the socket with the right code.
    socket.on('error', () => undefined);
    const network = networkOf(source.ipAddress ?? 'unknown');
    const { messageTimeout } = limits;
    boundUnfinishedMessages(socket, request.socket, memory.ofSocket(network), messageTimeout);
    if (!socketsOfNetwork.take(network)) {
      socket.close(POLICY_VIOLATION, 'Too many sockets of this address');
      return;
    }
    if (!socketsInAll.take(EVERYBODY)) {
      socketsOfNetwork.give(network);
      socket.close(TRY_AGAIN_LATER, 'Too many sockets at this instance');
      return;
    }
    controlFrames.follow(socket);
    const extra = new SocketExtra({
      socket,
      source,
      network,
      origin: request.headers.origin,
      path,
      session: cookieSession?.session,
      cookies: cookieSession && COOKIES_OUT_OF_REACH,
    });
    open.set(socket, extra);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, network, data),
        onPing: async (ping) => {
          const pong = pongMessage(await pongFor(extra, ping, report));
          if (pong === undefined) socket.close(CloseCode.BadRequest, 'Invalid message received');
          else await send(socket, network, pong);
        },
        close: (code, reason) => {
          socket.close(code, fitting(reason));
        },
        onMessage: (handle) => {
          socket.on('message', (data) => {
            const text = (data as Buffer).toString();
            const taken = memory.take(network, text);
            if (typeof taken !== 'function') {
              socket.close(taken.code, taken.reason);
              return;
            }
            handle(read(text)).then(taken, (error: unknown) => {
              taken();
              fail(socket, error, source);
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      socketsOfNetwork.give(network);
      socketsInAll.give(EVERYBODY);
      open.delete(socket);
      controlFrames.leave(socket);
      unread.get(socket)?.hold(0);
      closed(code, reason.toString()).catch(report);
    });
  });

  function send(socket: WebSocket, network: string, data: string): Promise<void> {
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      // After a failed send the socket closes, which ends its operations.
      socket.send(data, () => {
        countUnread(socket, network);
        if (socket.bufferedAmount <= MAX_UNSENT_BYTES) socket.resume();
        resolve();
      });
      countUnread(socket, network);
      // Otherwise a client that sends requests or pings and never reads could fill the memory.
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.pause();
    });
  }

  function countUnread(socket: WebSocket, network: string): void {
    const { bufferedAmount, readyState } = socket;
    if (readyState === socket.CLOSED || (bufferedAmount === 0 && !unread.has(socket))) return;
    const held = unread.get(socket) ?? memory.ofSocket(network);
    unread.set(socket, held);
    const refusal = held.hold(bufferedAmount);
    if (refusal !== undefined) refuse(socket, refusal);
  }

  function fail(socket: WebSocket, error: unknown, source: ClientInfo): void {
    if (isForClients(error)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    report(error, source);
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }

  return {
    load() {
      let subscriptions = 0;
      for (const extra of open.values()) subscriptions += extra.subscriptions;
      return { sockets: open.size, subscriptions, messageMemory: memory.held() };
    },
    async close() {
      const allClosed = accepted.close();
      for (const socket of accepted.sockets) {
        void Promise.resolve(open.get(socket)?.answered()).then(() => {
          socket.close(GOING_AWAY, 'Going away');
          setTimeout(() => {
            socket.terminate();
          }, MAX_CLOSE_TIME).unref();
        });
      }
      await allClosed;
    },
  };
}

/**
 * Parses a message before graphql-ws does. graphql-ws accepts parsed messages, as its `parseMessage` does, although its
 * types say string, and keeps its input until the operation is over: without the text, a subscription takes less memory.
 */
function read(text: string): string {
  try {
    const message: unknown = JSON.parse(text);
    // graphql-ws would parse a JSON string a second time.
    return typeof message === 'string' ? text : (message as string);
  } catch {
    // graphql-ws closes the socket with the right code.
    return text;
  }
}

/** `undefined` for a payload of the client that is nested too deeply: V8 parses deeper JSON than it writes. */
function pongMessage(payload: Record<string, unknown> | undefined): string | undefined {
  try {
    return stringifyMessage({ type: MessageType.Pong, ...(payload && { payload }) });
  } catch {
    return undefined;
  }
}

/**
 * Whether the client sent a message of a type that only servers send (`next`, `connection_ack`). graphql-ws throws a
 * plain Error for it.
 */
function isForClients(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/** The reason if it fits into a close frame, otherwise an empty one. It may quote input of the client. */
function fitting(reason = ''): string {
  return Buffer.byteLength(reason) <= MAX_REASON_LENGTH ? reason : '';
}
