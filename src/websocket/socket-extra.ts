import type { DocumentNode } from 'graphql';
import type { WebSocket } from 'ws';
import type { TokenCookies } from '../http/cookies/cookie-session.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { SocketSession } from './socket-session.js';

/** What is known of a socket from its handshake. */
interface OpenedSocket {
  readonly socket: WebSocket;
  readonly source: ClientInfo;
  /** The network that its limits count: an IPv4 address or IPv6 /64. */
  readonly network: string;
  readonly origin: string | undefined;
  /** The path of the socket's URL, for which proofs of keys must be. */
  readonly path: string;
  /** The session in the cookies of the handshake. */
  readonly session: Session | undefined;
  /** Set if the browser keeps its tokens in cookies. */
  readonly cookies: TokenCookies | undefined;
}

/** State of a socket. Most sockets are idle, so its collections are created when they are first used. */
export class SocketExtra implements OpenedSocket {
  [unknown: PropertyKey]: unknown;
  declare readonly socket: WebSocket;
  declare readonly source: ClientInfo;
  declare readonly network: string;
  declare readonly origin: string | undefined;
  declare readonly path: string;
  declare readonly session: Session | undefined;
  declare readonly cookies: TokenCookies | undefined;
  /** The session with which the socket was opened, if any. */
  bound: SocketSession | undefined = undefined;
  #underWay: Set<string> | undefined;
  #answering: Map<string, Answer> | undefined;
  #subscribed: Set<string> | undefined;
  #counted: Map<string, DocumentNode> | undefined;
  #presenting: Set<Promise<unknown>> | undefined;

  constructor(opened: OpenedSocket) {
    Object.assign(this, opened);
  }

  /** Ids of operations in progress, including those that the client has completed. */
  get underWay(): Set<string> {
    return (this.#underWay ??= new Set());
  }

  /** Operations in progress with a single response, by id: the socket does not close before they are sent. */
  get answering(): Map<string, Answer> {
    return (this.#answering ??= new Map());
  }

  /** Resolves when the pending responses have been sent. */
  answered(): Promise<unknown> {
    return Promise.all(Array.from(this.#answering?.values() ?? [], ({ sent }) => sent));
  }

  /** Ids of established subscriptions. */
  get subscribed(): Set<string> {
    return (this.#subscribed ??= new Set());
  }

  /** Number of established subscriptions. */
  get subscriptions(): number {
    return this.#subscribed?.size ?? 0;
  }

  /** The documents of subscriptions, by id, from their request to their end. */
  get counted(): Map<string, DocumentNode> {
    return (this.#counted ??= new Map());
  }

  /** The access tokens from pings that are being checked. */
  get presenting(): Set<Promise<unknown>> {
    return (this.#presenting ??= new Set());
  }
}

interface Answer {
  readonly sent: Promise<void>;
  /** Called when it is sent. */
  readonly done: () => void;
}
