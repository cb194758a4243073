import type { SessionId } from './session.js';
import type { SessionRecord } from './store.js';
import type { Partition } from '../accounts/wallet.js';

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
