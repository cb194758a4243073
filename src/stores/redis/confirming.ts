import type { SessionStore } from '../../session/store.js';
import type { Confirmations } from './confirmations.js';

/**
 * The same store, which can wait until revocations outlive their master. Who makes room for a sign-in, and
 * who expires, is not waited for: nobody was told that they have ended.
 */
export function confirmingRevocations(
  store: SessionStore,
  confirmations: Confirmations,
): SessionStore {
  // Each method by its name: one that is added must say here what it ends.
  return {
    find: (...args) => store.find(...args),
    list: (...args) => store.list(...args),
    listPage: (...args) => store.listPage(...args),
    touch: (...args) => store.touch(...args),
    expire: (...args) => store.expire(...args),
    reauthenticate: (...args) => store.reauthenticate(...args),
    rotate: (...args) => store.rotate(...args),
    revoke: (...args) => store.revoke(...args),
    confirm: (partition, ended) => confirmations.confirm(partition, ended),
    async insert(partition, record, limit, now) {
      const outcome = await store.insert(partition, record, limit, now);
      if (outcome.kind === 'inserted') confirmations.confirmLater(partition, outcome.ended);
      return outcome;
    },
  };
}
