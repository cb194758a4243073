import * as v from 'valibot';
import { group, milliseconds, whole } from '../options.js';

/** How much one client may have of the service's sockets. Counted in each instance; 0 means no limit. */
export interface SocketLimits {
  /** Milliseconds that a new socket has for its `connection_init`; then it is closed with 4408. */
  readonly initTimeout: number;
  /** Operations under way on one socket; a further one is answered with `TOO_MANY_OPERATIONS`. */
  readonly operationsPerSocket: number;
  /** Sockets of one session; a further one is closed with 1008. */
  readonly socketsPerSession: number;
  /** Sockets of one IPv4 address or IPv6 /64; a further one is closed with 1008. */
  readonly socketsPerNetwork: number;
}

/** What the service allows, too. */
export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  initTimeout: 3000,
  operationsPerSocket: 50,
  socketsPerSession: 50,
  socketsPerNetwork: 1000,
};

/** What an application may set of them, with the defaults for the rest. */
export const SOCKET_LIMITS = group({
  initTimeout: v.optional(milliseconds(1), DEFAULT_SOCKET_LIMITS.initTimeout),
  operationsPerSocket: v.optional(whole(0), DEFAULT_SOCKET_LIMITS.operationsPerSocket),
  socketsPerSession: v.optional(whole(0), DEFAULT_SOCKET_LIMITS.socketsPerSession),
  socketsPerNetwork: v.optional(whole(0), DEFAULT_SOCKET_LIMITS.socketsPerNetwork),
} satisfies Record<keyof SocketLimits, v.GenericSchema>);

/**
 * RFC 6455 §7.4.1: a policy forbids it. Clients of graphql-ws do not connect again by themselves, which
 * would only add to what is too much.
 */
export const POLICY_VIOLATION = 1008;

/** How much of something each key may hold at this moment. */
export interface Quota {
  /** Gives the key one more, and the way to give it back; `undefined` where it has its limit already. */
  take(key: string): (() => void) | undefined;
}

/** @param limit how much each key may have at once; 0 means no limit */
export function createQuota(limit: number): Quota {
  const held = new Map<string, number>();
  return {
    take(key) {
      const count = held.get(key) ?? 0;
      if (limit > 0 && count >= limit) return undefined;
      held.set(key, count + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        const rest = (held.get(key) ?? 1) - 1;
        if (rest > 0) held.set(key, rest);
        else held.delete(key);
      };
    },
  };
}
