import * as v from 'valibot';
import { strictObject, milliseconds, integer } from '../options.js';
import type { WebSocket } from 'ws';
import { createQuota, EVERYBODY } from '../http/quota.js';

/** Limits on the WebSockets of an instance. Each instance counts separately; 0 means no limit. */
export interface SocketLimits {
  /** Milliseconds until `connection_init` must arrive on a new socket; then it is closed with 4408. Default 3000. */
  readonly initTimeout: number;
  /** Milliseconds in which each message must arrive completely; then its socket is closed with 1008. Default 30,000. */
  readonly messageTimeout: number;
  /**
   * Concurrent operations of one socket, including subscriptions; a further one is answered with `TOO_MANY_OPERATIONS`.
   * Default 50.
   */
  readonly operationsPerSocket: number;
  /** Subscriptions of one session; a further one is answered with `TOO_MANY_SUBSCRIPTIONS`. Default 100. */
  readonly subscriptionsPerSession: number;
  /** Subscriptions of one IPv4 address or IPv6 /64, refused likewise. Default 2,000. */
  readonly subscriptionsPerNetwork: number;
  /** Subscriptions of the instance, refused likewise. Default 20,000. */
  readonly subscriptions: number;
  /** Sockets of one session; a further one is closed with 1008. Default 50. */
  readonly socketsPerSession: number;
  /** Sockets of one IPv4 address or IPv6 /64; a further one is closed with 1008. Default 1,000. */
  readonly socketsPerNetwork: number;
  /** Sockets of the instance; a further one is closed with 1013. Default 20,000. */
  readonly sockets: number;
  /**
   * Bytes of memory of messages of one IPv4 address or IPv6 /64, from their first packet until their operation or
   * subscription ends; a message over the limit closes its socket with 1008. Default 16 MiB.
   */
  readonly memoryPerNetwork: number;
  /** The same for all messages of the instance; a message over the limit closes its socket with 1013. Default 128 MiB. */
  readonly memory: number;
}

/** The default limits of the service and of applications. */
export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  initTimeout: 3000,
  messageTimeout: 30_000,
  operationsPerSocket: 50,
  subscriptionsPerSession: 100,
  subscriptionsPerNetwork: 2000,
  subscriptions: 20_000,
  socketsPerSession: 50,
  socketsPerNetwork: 1000,
  sockets: 20_000,
  memoryPerNetwork: 16 * 2 ** 20,
  memory: 128 * 2 ** 20,
};

const limit = (name: keyof SocketLimits) => v.optional(integer(0), DEFAULT_SOCKET_LIMITS[name]);

/** Option schema of the limits, with their defaults. */
export const SOCKET_LIMITS = strictObject({
  initTimeout: v.optional(milliseconds(1), DEFAULT_SOCKET_LIMITS.initTimeout),
  messageTimeout: v.optional(milliseconds(1), DEFAULT_SOCKET_LIMITS.messageTimeout),
  operationsPerSocket: limit('operationsPerSocket'),
  subscriptionsPerSession: limit('subscriptionsPerSession'),
  subscriptionsPerNetwork: limit('subscriptionsPerNetwork'),
  subscriptions: limit('subscriptions'),
  socketsPerSession: limit('socketsPerSession'),
  socketsPerNetwork: limit('socketsPerNetwork'),
  sockets: limit('sockets'),
  memoryPerNetwork: limit('memoryPerNetwork'),
  memory: limit('memory'),
} satisfies Record<keyof SocketLimits, v.GenericSchema>);

/**
 * Policy violation (RFC 6455 §7.4.1). Clients of graphql-ws do not reconnect after it.
 */
export const POLICY_VIOLATION = 1008;

/** Try again later (registry of RFC 6455). Clients of graphql-ws reconnect. */
export const TRY_AGAIN_LATER = 1013;

/** Maximum number of pings and pongs from a client between two pings of the server. */
const MAX_CONTROL_FRAMES = 60;

/**
 * Closes a socket with 1008 if it sends too many pings and pongs (RFC 6455 §5.5). ws answers each ping even if the client
 * does not read. Between the fragments of a message, control frames would make ws keep buffers far longer than the
 * message.
 * @returns resets the count
 */
export function boundControlFrames(socket: WebSocket): () => void {
  let count = 0;
  const countOne = () => {
    count += 1;
    if (count === MAX_CONTROL_FRAMES + 1) {
      // A closing handshake would continue reading.
      socket.close(POLICY_VIOLATION, 'Too many control frames');
      socket.terminate();
    }
  };
  socket.on('ping', countOne);
  socket.on('pong', countOne);
  return () => {
    count = 0;
  };
}

/** Bytes per message in addition to its text: an operation with its context and its answer. */
const COST_OF_ANY = 4096;

/** Bytes per character: the text and the values parsed from it. */
const COST_OF_CHARACTER = 2;

/** Close code and reason for a message over a limit. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Memory of the message that is arriving on a socket. */
export interface HeldMemory {
  /** Counts this many bytes of the connection instead of those before. Over the limit it counts none. */
  hold(bytes: number): Refusal | undefined;
}

/**
 * Counts the memory of messages while they arrive, and then until they are finished. It includes all concurrent operations
 * and subscriptions of clients, with their variables.
 */
interface MessageMemory {
  /** Counts a complete message. Returns what releases the memory when the message is finished. */
  take(network: string, length: number): (() => void) | Refusal;
  /** Counts what arrives on a socket of this network. */
  arriving(network: string): HeldMemory;
  /** Total bytes. */
  held(): number;
}

/** @param messageLimit maximum message length: a message of this length is always accepted if there are no others */
export function createMessageMemory(limits: SocketLimits, messageLimit: number): MessageMemory {
  const bytesOf = (length: number) => COST_OF_ANY + COST_OF_CHARACTER * length;
  const quota = (limit: number) =>
    createQuota(limit === 0 ? 0 : Math.max(limit, bytesOf(messageLimit)));
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
    take(network, length) {
      const bytes = bytesOf(length);
      const refusal = takeBytes(network, bytes);
      if (refusal !== undefined) return refusal;
      return () => {
        giveBytes(network, bytes);
      };
    },
    arriving(network) {
      let held = 0;
      return {
        hold(received) {
          const bytes = received === 0 ? 0 : COST_OF_ANY + received;
          if (bytes === held) return undefined;
          giveBytes(network, held);
          const refusal = bytes === 0 ? undefined : takeBytes(network, bytes);
          held = refusal === undefined ? bytes : 0;
          return refusal;
        },
      };
    },
    held: () => inAll.held(EVERYBODY),
  };
}
