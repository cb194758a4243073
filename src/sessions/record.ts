import { openDetails } from './details.js';
import type { KeyRing } from './key-ring.js';
import { refreshFrom, type SessionPolicy } from './policy.js';
import type { Session, SessionId } from './session.js';
import type { SessionRecord } from './store.js';
import { partitionOf, type Partition } from '../accounts/wallet.js';

/**
 * Reads a record. `undefined` where it was tampered with: its details, or what they are sealed with, altered
 * or moved from another session; its end put off beyond the absolute timeout; or the whole stored in
 * another wallet's partition.
 */
export function openRecord(
  keys: KeyRing,
  policy: SessionPolicy,
  partition: Partition,
  record: SessionRecord,
): Session | undefined {
  const details = openDetails(keys, partition, record, record.details);
  if (details === undefined || partitionOf(details) !== partition) return undefined;
  if (record.expiresAt > record.absoluteExpiresAt) return undefined;
  return {
    id: record.id,
    ...details,
    createdAt: record.createdAt,
    authenticatedAt: record.authenticatedAt,
    generation: record.generation,
    rotatedAt: record.rotatedAt,
    refreshFrom: refreshFrom(policy, record.expiresAt),
    expiresAt: record.expiresAt,
    absoluteExpiresAt: record.absoluteExpiresAt,
  };
}

/** Stands for a record that a store could not make out. It opens as no session, like one that was altered. */
export function unreadableRecord(id: SessionId): SessionRecord {
  const nothing = new Uint8Array();
  return {
    id,
    createdAt: 0,
    authenticatedAt: 0,
    expiresAt: Infinity,
    absoluteExpiresAt: 0,
    generation: 0,
    rotatedAt: 0,
    exchanged: 0,
    used: true,
    keyId: '',
    accessHash: nothing,
    refreshHash: nothing,
    salt: nothing,
    bridge: nothing,
    details: nothing,
  };
}
