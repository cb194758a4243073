import type { SessionStore } from '../../session/store.js';
import type { Confirmations } from './confirmations.js';

/**
 * The same store, which can wait until revocations outlive their master. It does not wait for sessions that make room
 * within the limit or that expire: nobody was promised their end.
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
    async insert(partition, record, room, now) {
      const outcome = await store.insert(partition, record, room, now);
      const { kind, ended } = outcome;
      // Whoever has ended all others waits for it, and says so.
      const isWaitedFor = room === 'end-others' && kind === 'inserted';
      if (kind !== 'full' && !isWaitedFor) confirmations.confirmLater(partition, ended);
      return outcome;
    },
  };
}
