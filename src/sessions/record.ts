import { decryptDetails } from './details.js';
import type { KeyRing } from './key-ring.js';
import { refreshFrom, type SessionPolicy } from './policy.js';
import type { Session, SessionId } from './session.js';
import type { TokenHashes } from './token.js';
import { partitionOf, type Partition } from '../accounts/wallet.js';

/**
 * A session as a store keeps it. Times and hashes are stored in clear, because the store decides by them. Personal data
 * is encrypted. Times are milliseconds since the Unix epoch.
 */
export interface SessionRecord extends TokenHashes {
  readonly id: SessionId;
  readonly createdAt: number;
  readonly authenticatedAt: number;
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
  /** How many times the session was refreshed. */
  readonly generation: number;
  /** The time of the last refresh; `createdAt` before the first one. */
  readonly rotatedAt: number;
  /**
   * The generation of the refresh token that the current pair was exchanged for; `generation` if the session was never
   * refreshed. More than one behind `generation` if pairs were replaced because they were never used.
   */
  readonly exchanged: number;
  /** Whether a request has been accepted with the current pair. True for the first pair of a session. */
  readonly used: boolean;
  /** When the first of the refreshes that are counted together took place; 0 before the first counted one. */
  readonly countedFrom: number;
  /** The generation before that refresh. Its distance to `generation` is the number of refreshes since. */
  readonly countedGeneration: number;
  /** If the pair replaced an unused one, derives it from that one's refresh token; otherwise empty. */
  readonly bridge: Uint8Array;
  /** Encrypted: who signed in, with which wallet, and when and from where the session was last seen. */
  readonly details: Uint8Array;
}

/** A record and its session, or `undefined` if it was tampered with. */
export interface OpenedRecord {
  readonly record: SessionRecord;
  readonly session: Session | undefined;
}

/**
 * Reads a record. Returns `undefined` if it was tampered with: if its details, or the data to which they are bound, were
 * altered or moved from another session; if its expiry is after the absolute timeout; or if it is in the partition of
 * another wallet.
 * @param known an earlier record of the partition. Details that have not changed since are not decrypted again
 */
export function openRecord(
  keys: KeyRing,
  policy: SessionPolicy,
  partition: Partition,
  record: SessionRecord,
  known?: OpenedRecord,
): Session | undefined {
  const details =
    known?.session !== undefined && hasSameDetails(known.record, record)
      ? known.session
      : decryptDetails(keys, partition, record, record.details);
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

/** Whether both have the same encrypted details, bound to the same data. */
function hasSameDetails(one: SessionRecord, other: SessionRecord): boolean {
  return (
    one.id === other.id &&
    one.createdAt === other.createdAt &&
    one.authenticatedAt === other.authenticatedAt &&
    one.absoluteExpiresAt === other.absoluteExpiresAt &&
    Buffer.compare(one.details, other.details) === 0
  );
}

/** Replaces a record that a store could not decode. Like an altered record, it yields no session. */
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
    countedFrom: 0,
    countedGeneration: 0,
    keyId: '',
    accessHash: nothing,
    refreshHash: nothing,
    salt: nothing,
    bridge: nothing,
    details: nothing,
  };
}

/** A record and its partition. */
export interface PlacedRecord {
  readonly partition: Partition;
  readonly record: SessionRecord;
}

/**
 * Scans all sessions of a store, for operators. The duration grows with the number of sessions, so no request does
 * it.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from both methods, if the store does not answer
 */
export interface RecordScanner {
  /**
   * Yields all records in batches of roughly `size`, in no order. A record that exists throughout the scan is yielded
   * at least once. A record that is added, removed or changed meanwhile may be yielded in its old or new state, or
   * not at all.
   */
  records(size: number): AsyncIterable<readonly PlacedRecord[]>;
  /**
   * Replaces the encrypted details of a session in one atomic step, unless the session has ended or its details have
   * changed. Resolves to whether they were replaced. Nothing else changes, nor does the expiry.
   */
  replaceDetails(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    replacement: Uint8Array,
  ): Promise<boolean>;
}
