import type { Invalidation } from '../near-cache/invalidations.js';
import type { Revocation } from '../sessions/session.js';
import type { SessionStore } from '../sessions/store.js';

export type Tell = (changed: Invalidation) => void;

/** Those who listen, and the way to tell them all. */
export function createListeners() {
  const listeners = new Set<Tell>();
  return {
    listen: (listener: Tell): void => {
      listeners.add(listener);
    },
    tell: (changed: Invalidation): void => {
      for (const listener of listeners) listener(changed);
    },
  };
}

/**
 * The same store, whose steps tell which sessions they changed before they are answered: who made a
 * change never reads what was before it.
 */
export function tellingChanges(store: SessionStore, tell: Tell): SessionStore {
  const tellAll = (ended: readonly Revocation[]) => {
    for (const { sessionId } of ended) tell(sessionId);
  };
  // Each method by its name: one that is added must say here what it changes.
  return {
    find: (...args) => store.find(...args),
    list: (...args) => store.list(...args),
    listPage: (...args) => store.listPage(...args),
    confirm: (...args) => store.confirm(...args),
    async insert(partition, record, room, now) {
      const outcome = await store.insert(partition, record, room, now);
      tell(record.id);
      tellAll(outcome.ended);
      return outcome;
    },
    async rotate(partition, id, rotation, now) {
      const outcome = await store.rotate(partition, id, rotation, now);
      tell(id);
      return outcome;
    },
    async touch(partition, id, details, authenticatedAt) {
      await store.touch(partition, id, details, authenticatedAt);
      tell(id);
    },
    async reauthenticate(partition, id, details, now) {
      const record = await store.reauthenticate(partition, id, details, now);
      tell(id);
      return record;
    },
    async revoke(...args) {
      const outcome = await store.revoke(...args);
      tellAll(outcome.ended);
      return outcome;
    },
    async expire(partition, now) {
      const outcome = await store.expire(partition, now);
      tellAll(outcome.ended);
      return outcome;
    },
  };
}
