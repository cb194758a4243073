import type { SessionId } from './session.js';
import type { SessionRecord } from './store.js';
import type { Partition } from '../accounts/wallet.js';

/** A record and where it stands. */
export interface PlacedRecord {
  readonly partition: Partition;
  readonly record: SessionRecord;
}

/**
 * How an operator goes through all sessions of a store. It takes as long as there are many: no request does.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from both methods, where the store does not answer
 */
export interface RecordScanner {
  /**
   * All records, in batches of roughly `size` and no order. One that is there all the time comes at least
   * once; one that comes, goes or changes meanwhile may come as it was, as it is, or not at all.
   */
  records(size: number): AsyncIterable<readonly PlacedRecord[]>;
  /**
   * Puts other sealed details in the place of those, in one atomic step: not where the session has ended, nor
   * where its details have changed meanwhile. Tells whether it did. Nothing else changes, the expiry neither.
   */
  replaceDetails(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    replacement: Uint8Array,
  ): Promise<boolean>;
}
