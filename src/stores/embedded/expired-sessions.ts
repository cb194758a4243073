import type { ExpiredSession, ExpiredSessions } from '../../lifecycle/expired-sessions.js';
import type { Partition } from '../../accounts/wallet.js';
import type { Tell } from '../changes.js';
import type { RevocationLog } from './revocation-log.js';
import { removeSession } from './session-table.js';
import { transact, type Tables } from './tables.js';

/** How many sessions one transaction ends. */
const BATCH = 100;

/** What has expired in LMDB, by the index: whoever watches is told, and each batch is one transaction. */
export function createEmbeddedExpiredSessions(
  tables: Tables,
  log: RevocationLog,
  tell: Tell,
): ExpiredSessions {
  function endSome(until: number): ExpiredSession[] {
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
        const batch = await transact(tables, () => endSome(until));
        if (batch.length === 0) return;
        for (const { record } of batch) tell(record.id);
        for (const partition of partitionsOf(batch)) log.announce(partition);
        yield batch;
      }
    },
  };
}

function partitionsOf(batch: readonly ExpiredSession[]): Set<Partition> {
  return new Set(batch.map(({ partition }) => partition));
}
