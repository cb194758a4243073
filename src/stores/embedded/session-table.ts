import type { SessionId } from '../../sessions/session.js';
import type { SessionRecord } from '../../sessions/store.js';
import type { Partition } from '../../accounts/wallet.js';
import type { Tables } from './tables.js';

/** Sorts after every session id. */
const AFTER_ALL_IDS = '~' as SessionId;

/** All sessions of the partition, expired ones too. */
export function sessionsOf({ sessions }: Tables, partition: Partition): SessionRecord[] {
  const range = sessions.getRange({
    start: [partition, ''],
    end: [partition, AFTER_ALL_IDS],
  });
  return Array.from(range, ({ value }) => value);
}

/** Writes the record and its entry in the index by expiry. Within a transaction. */
export function putSession(tables: Tables, partition: Partition, record: SessionRecord): void {
  removeSession(tables, partition, record.id);
  void tables.sessions.put([partition, record.id], record);
  void tables.expiries.put([record.expiresAt, partition, record.id], true);
}

/** Removes both, where they are there. Within a transaction. */
export function removeSession(tables: Tables, partition: Partition, id: SessionId): void {
  const record = tables.sessions.get([partition, id]);
  if (record === undefined) return;
  void tables.sessions.remove([partition, id]);
  void tables.expiries.remove([record.expiresAt, partition, id]);
}
