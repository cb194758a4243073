import type { WebSocket } from 'ws';
import { createQuota, EVERYBODY } from '../http/quota.js';
import { defaultsOf, withDefault, type ValuesOf } from '../options.js';
import { duration, integer } from '../setting-types.js';

const MEBIBYTE = 2 ** 20;

/** The unit of a message limit and of the memory of messages. */
const bytes = (min: number, max: number) => integer(min, max, 'number of bytes');

export const MESSAGE_SETTINGS = {
  /** Maximum size of a request body and of a WebSocket message, in bytes. */
  messageLimit: withDefault(100_000, bytes(1024, 16 * MEBIBYTE)),
};

export const SOCKET_LIMIT_SETTINGS = {
  /** How long a client may take to send connection_init on a new WebSocket; then it is closed with 4408. Milliseconds. */
  initTimeout: withDefault(3000, duration(1)),
  /** How long a WebSocket message may take to arrive; the socket of an overdue one is closed with 1008. Milliseconds. */
  messageTimeout: withDefault(30_000, duration(1)),
  /**
   * Maximum number of concurrent operations, including subscriptions, on one WebSocket; a further one is answered with
   * TOO_MANY_OPERATIONS; 0 means no limit.
   */
  operationsPerSocket: withDefault(50, integer(0, 100_000)),
  /**
   * Maximum number of subscriptions of one session at one instance; a further one is answered with TOO_MANY_SUBSCRIPTIONS;
   * 0 means no limit.
   */
  subscriptionsPerSession: withDefault(100, integer(0, 1_000_000)),
  /** Maximum number of subscriptions of one IPv4 address or IPv6 /64 at one instance; 0 means no limit. */
  subscriptionsPerNetwork: withDefault(2000, integer(0, 10_000_000)),
  /** Maximum number of subscriptions at one instance; 0 means no limit. */
  subscriptions: withDefault(20_000, integer(0, 10_000_000)),
  /** Maximum number of WebSockets of one session at one instance; a further one is closed with 1008; 0 means no limit. */
  socketsPerSession: withDefault(50, integer(0, 100_000)),
  /**
   * Maximum number of WebSockets of one IPv4 address or IPv6 /64 at one instance; a further one is closed with 1008; 0 means
   * no limit.
   */
  socketsPerNetwork: withDefault(1000, integer(0, 1_000_000)),
  /** Maximum number of WebSockets at one instance; a further one is closed with 1013; 0 means no limit. */
  sockets: withDefault(20_000, integer(0, 10_000_000)),
  /**
   * Maximum memory, in bytes, of unfinished WebSocket messages of one IPv4 address or IPv6 /64 at one instance: 4 KiB per
   * message plus its packets while it arrives, then plus 2 bytes per character and 64 bytes per value in its JSON until its
   * operation or subscription ends, and the responses that clients have yet to read; a message over the limit closes its
   * socket with 1008; 0 means no limit.
   */
  memoryPerNetwork: withDefault(16 * MEBIBYTE, bytes(0, 1024 * 1024 * MEBIBYTE)),
  /**
   * Maximum memory, in bytes, of all unfinished WebSocket messages at one instance; a message over the limit closes its
   * socket with 1013; 0 means no limit.
   */
  memory: withDefault(128 * MEBIBYTE, bytes(0, 1024 * 1024 * MEBIBYTE)),
};

/** Limits on the WebSockets of an instance. Each instance counts separately; 0 means no limit. */
export type SocketLimits = ValuesOf<typeof SOCKET_LIMIT_SETTINGS>;

/** The default limits of the service and of applications. */
export const DEFAULT_SOCKET_LIMITS: SocketLimits = defaultsOf(SOCKET_LIMIT_SETTINGS);

/**
 * Policy violation (RFC 6455 §7.4.1). Clients of graphql-ws do not reconnect after it.
 */
export const POLICY_VIOLATION = 1008;

/** Try again later (registry of RFC 6455). Clients of graphql-ws reconnect. */
export const TRY_AGAIN_LATER = 1013;

/** Bytes per message in addition to its text: an operation with its context and its response. */
const COST_OF_ANY = 4096;

/** Bytes per character: the text and the strings parsed from it. */
const COST_OF_CHARACTER = 2;

/** Bytes per object, array, property and element of the JSON: V8 takes 56 for `{}` and 8 for its place in an array. */
const COST_OF_VALUE = 64;

/** An upper bound on the memory that a message takes once it is parsed. */
function memoryOf(text: string): number {
  let values = 0;
  for (const char of text) {
    // After each of these a value can follow.
    if (char === '{' || char === '[' || char === ':' || char === ',') values += 1;
  }
  return COST_OF_ANY + COST_OF_CHARACTER * text.length + COST_OF_VALUE * values;
}

/** Close code and reason for a message over a limit. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Closes a socket at once: during a closing handshake it would continue to read, and to keep what the client does not read. */
export function refuse(socket: WebSocket, { code, reason }: Refusal): void {
  socket.close(code, reason);
  socket.terminate();
}

/** Memory of what is arriving on a socket, or of what its client has yet to read. */
export interface HeldMemory {
  /** Counts this many bytes instead of those before. Over the limit it counts none. */
  hold(bytes: number): Refusal | undefined;
}

/**
 * Counts the memory of messages while they arrive, then until they are finished, and of responses until they are read. It
 * includes all concurrent operations and subscriptions of clients, with their variables.
 */
interface MessageMemory {
  /** Counts a complete message. Returns what releases the memory when the message is finished. */
  take(network: string, text: string): (() => void) | Refusal;
  /** Counts what is held for one socket of this network. */
  ofSocket(network: string): HeldMemory;
  /** Total bytes. */
  held(): number;
}

/** @param messageLimit maximum message length: one string of this length is always accepted if there are no other messages */
export function createMessageMemory(limits: SocketLimits, messageLimit: number): MessageMemory {
  const least = COST_OF_ANY + COST_OF_CHARACTER * messageLimit;
  const quota = (limit: number) => createQuota(limit === 0 ? 0 : Math.max(limit, least));
  const ofNetwork = quota(limits.memoryPerNetwork);
  const inAll = quota(limits.memory);
  function takeBytes(network: string, bytes: number): Refusal | undefined {
    if (!ofNetwork.take(network, bytes))
      return { code: POLICY_VIOLATION, reason: 'Too many unfinished messages of this address' };
    if (inAll.take(EVERYBODY, bytes)) return undefined;
    ofNetwork.give(network, bytes);
    return { code: TRY_AGAIN_LATER, reason: 'Too many unfinished messages at this instance' };
  }
  function giveBytes(network: string, bytes: number): void {
    ofNetwork.give(network, bytes);
    inAll.give(EVERYBODY, bytes);
  }
  return {
    take(network, text) {
      const bytes = memoryOf(text);
      const refusal = takeBytes(network, bytes);
      if (refusal !== undefined) return refusal;
      return () => {
        giveBytes(network, bytes);
      };
    },
    ofSocket: (network) => new SocketMemory(network, takeBytes, giveBytes),
    held: () => inAll.held(EVERYBODY),
  };
}

/** A class, so that the sockets of an instance share its method. */
class SocketMemory implements HeldMemory {
  private held = 0;

  constructor(
    private readonly network: string,
    private readonly take: (network: string, bytes: number) => Refusal | undefined,
    private readonly give: (network: string, bytes: number) => void,
  ) {}

  hold(received: number): Refusal | undefined {
    const bytes = received === 0 ? 0 : COST_OF_ANY + received;
    if (bytes === this.held) return undefined;
    this.give(this.network, this.held);
    const refusal = bytes === 0 ? undefined : this.take(this.network, bytes);
    this.held = refusal === undefined ? bytes : 0;
    return refusal;
  }
}
