import { openDetails } from './details.js';
import type { KeyRing } from './key-ring.js';
import { refreshFrom, type SessionPolicy } from './policy.js';
import type { Session } from './session.js';
import type { SessionRecord } from './store.js';
import { partitionOf, type Partition } from './wallet.js';

/**
 * Reads a record. `undefined` where it was tampered with: altered, moved from another session, or
 * stored in another wallet's partition.
 */
export function openRecord(
  keys: KeyRing,
  policy: SessionPolicy,
  partition: Partition,
  record: SessionRecord,
): Session | undefined {
  const details = openDetails(keys, partition, record.id, record.details);
  if (details === undefined || partitionOf(details) !== partition) return undefined;
  return {
    id: record.id,
    ...details,
    createdAt: record.createdAt,
    authenticatedAt: record.authenticatedAt,
    refreshFrom: refreshFrom(policy, record.expiresAt),
    expiresAt: record.expiresAt,
    absoluteExpiresAt: record.absoluteExpiresAt,
  };
}
