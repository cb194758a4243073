import type { ExpiredSession, ExpiredSessions } from '../../lifecycle/expired-sessions.js';
import type { Partition } from '../../accounts/wallet.js';
import type { NotifyInvalidated } from '../changes.js';
import type { RevocationLog } from './revocation-log.js';
import { removeSession, transact, type Tables } from './tables.js';

/** Maximum number of sessions that one transaction removes. */
const BATCH = 100;

/**
 * Collects expired sessions in LMDB by the index of expiries. Each batch is one transaction, after which its watchers
 * are notified.
 */
export function createEmbeddedExpiredSessions(
  tables: Tables,
  log: RevocationLog,
  notify: NotifyInvalidated,
): ExpiredSessions {
  function endBatch(until: number): ExpiredSession[] {
    const keys = Array.from(tables.expiries.getKeys({ end: [until + 1, '', ''], limit: BATCH }));
    return keys.flatMap((key) => {
      const [expiredAt, partition, id] = key;
      const record = tables.sessions.get([partition, id]);
      void tables.expiries.remove(key);
      if (record === undefined) return [];
      removeSession(tables, partition, id);
      log.append(partition, id, 'EXPIRED', until);
      return [{ partition, record, expiredAt }];
    });
  }

  return {
    async *collect(until) {
      for (;;) {
        const batch = await transact(tables, () => endBatch(until));
        if (batch.length === 0) return;
        for (const { record } of batch) notify(record.id);
        for (const partition of partitionsOf(batch)) log.announce(partition);
        yield batch;
      }
    },
  };
}

function partitionsOf(batch: readonly ExpiredSession[]): Set<Partition> {
  return new Set(batch.map(({ partition }) => partition));
}
