import {
  createQuota,
  EVERYBODY,
  POLICY_VIOLATION,
  TRY_AGAIN_LATER,
  type SocketLimits,
} from './socket-limits.js';

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
export interface MessageMemory {
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
