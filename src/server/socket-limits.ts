import * as v from 'valibot';
import { strictObject, milliseconds, integer } from '../options.js';
import type { WebSocket } from 'ws';
import { createQuota, EVERYBODY } from './quota.js';

/** How much clients may have of an instance's sockets. Each instance counts for itself; 0 means no limit. */
export interface SocketLimits {
  /** Milliseconds that a new socket has for its `connection_init`; then it is closed with 4408. Default 3000. */
  readonly initTimeout: number;
  /**
   * Operations of one socket, under way and subscriptions; a further one is answered with `TOO_MANY_OPERATIONS`.
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
   * Bytes of memory that messages of one IPv4 address or IPv6 /64 take until they are dealt with, those of
   * subscriptions until their end; a message that would take more closes its socket with 1008. Default 16 MiB.
   */
  readonly memoryPerNetwork: number;
  /** The same for all messages; a message that would take more closes its socket with 1013. Default 128 MiB. */
  readonly memory: number;
}

/** The limits of the service, too. */
export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  initTimeout: 3000,
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

/** What an application may set of them, with the defaults for the rest. */
export const SOCKET_LIMITS = strictObject({
  initTimeout: v.optional(milliseconds(1), DEFAULT_SOCKET_LIMITS.initTimeout),
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
 * RFC 6455 §7.4.1: a policy forbids it. Clients of graphql-ws do not connect again by themselves, which
 * would only add to what is too much.
 */
export const POLICY_VIOLATION = 1008;

/** RFC 6455 and its registry: the service cannot take it now. Clients of graphql-ws try again. */
export const TRY_AGAIN_LATER = 1013;

/** Pings and pongs that a client may send between two pings of the server. */
const MAX_CONTROL_FRAMES = 60;

/**
 * Closes a socket with 1008 that sends too many pings and pongs (RFC 6455 §5.5). ws answers each ping, also where the
 * client does not read; and between the fragments of a message they would have it keep what they came in together with
 * a fragment, far beyond the length of the message.
 * @returns allows as many again
 */
export function boundControlFrames(socket: WebSocket): () => void {
  let count = 0;
  const countOne = () => {
    count += 1;
    if (count === MAX_CONTROL_FRAMES + 1) {
      // A closing handshake would go on reading.
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

/** What it takes to deal with a message, in bytes, besides its text: an operation with its context and its answer. */
const COST_OF_ANY = 4096;

/** Its text, and what is read from it. */
const COST_OF_CHARACTER = 2;

/** How to close the socket of a message for which there is no room. */
interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/**
 * Counts the memory of messages from their arrival until they are dealt with. Everything that clients can have
 * under way at once, operations and subscriptions with their variables, is in it.
 */
interface MessageMemory {
  /** @returns what to call when the message is dealt with */
  take(network: string, length: number): (() => void) | Refusal;
  /** Bytes in all. */
  held(): number;
}

/** @param messageLimit the longest message: one of that length is always taken when there are no others */
export function createMessageMemory(limits: SocketLimits, messageLimit: number): MessageMemory {
  const bytesOf = (length: number) => COST_OF_ANY + COST_OF_CHARACTER * length;
  const quota = (limit: number) =>
    createQuota(limit === 0 ? 0 : Math.max(limit, bytesOf(messageLimit)));
  const ofNetwork = quota(limits.memoryPerNetwork);
  const inAll = quota(limits.memory);
  return {
    take(network, length) {
      const bytes = bytesOf(length);
      if (!ofNetwork.take(network, bytes))
        return { code: POLICY_VIOLATION, reason: 'Too much under way of this address' };
      if (!inAll.take(EVERYBODY, bytes)) {
        ofNetwork.give(network, bytes);
        return { code: TRY_AGAIN_LATER, reason: 'Too much under way at this instance' };
      }
      return () => {
        ofNetwork.give(network, bytes);
        inAll.give(EVERYBODY, bytes);
      };
    },
    held: () => inAll.held(EVERYBODY),
  };
}
