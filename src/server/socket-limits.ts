import * as v from 'valibot';
import { strictObject, milliseconds, integer } from '../options.js';

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

/** The key of what is counted for the instance as a whole. */
export const EVERYBODY = '';

/** How much of something each key holds at this moment. */
export interface Quota {
  /** Returns whether the key may have that much more (default 1); if so, it has it until it is given back. */
  take(key: string, amount?: number): boolean;
  give(key: string, amount?: number): void;
  held(key: string): number;
}

/** @param limit how much each key may have at once; 0 means no limit */
export function createQuota(limit: number): Quota {
  const held = new Map<string, number>();
  return {
    take(key, amount = 1) {
      const sum = (held.get(key) ?? 0) + amount;
      if (limit > 0 && sum > limit) return false;
      held.set(key, sum);
      return true;
    },
    give(key, amount = 1) {
      const rest = (held.get(key) ?? amount) - amount;
      if (rest > 0) held.set(key, rest);
      else held.delete(key);
    },
    held: (key) => held.get(key) ?? 0,
  };
}
