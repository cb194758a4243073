import type { Invalidation } from '../near-cache/near-cache.js';
import type { Revocation } from '../sessions/session.js';
import type { SessionStore } from '../sessions/store.js';

/** Reports that a session may have changed or ended, or, with `all`, that any session may. */
export type NotifyInvalidated = (changed: Invalidation) => void;

/** Creates the listeners of a store, and the function that notifies them. */
export function createInvalidationListeners() {
  const listeners = new Set<NotifyInvalidated>();
  return {
    listen: (listener: NotifyInvalidated): void => {
      listeners.add(listener);
    },
    notify: (changed: Invalidation): void => {
      for (const listener of listeners) listener(changed);
    },
  };
}

/**
 * Decorates a store: each step reports the sessions it changed before it resolves, so that the caller of a change
 * never reads an earlier state.
 */
export function withChangeNotifications(
  store: SessionStore,
  notify: NotifyInvalidated,
): SessionStore {
  const notifyEnded = (ended: readonly Revocation[]) => {
    for (const { sessionId } of ended) notify(sessionId);
  };
  // Lists every method, so that a new one must state what it changes.
  return {
    find: (...args) => store.find(...args),
    list: (...args) => store.list(...args),
    listPage: (...args) => store.listPage(...args),
    confirm: (...args) => store.confirm(...args),
    async insert(partition, record, room, now) {
      const outcome = await store.insert(partition, record, room, now);
      notify(record.id);
      notifyEnded(outcome.ended);
      return outcome;
    },
    async rotate(partition, id, rotation, now) {
      const outcome = await store.rotate(partition, id, rotation, now);
      notify(id);
      return outcome;
    },
    async markUsed(partition, id, generation) {
      const isMarked = await store.markUsed(partition, id, generation);
      notify(id);
      return isMarked;
    },
    async touch(partition, id, ...details) {
      const isReplaced = await store.touch(partition, id, ...details);
      notify(id);
      return isReplaced;
    },
    async reauthenticate(partition, id, details, authenticatedAt, now) {
      const record = await store.reauthenticate(partition, id, details, authenticatedAt, now);
      notify(id);
      return record;
    },
    async revoke(...args) {
      const outcome = await store.revoke(...args);
      notifyEnded(outcome.ended);
      return outcome;
    },
    async expire(partition, now) {
      const outcome = await store.expire(partition, now);
      notifyEnded(outcome.ended);
      return outcome;
    },
  };
}
