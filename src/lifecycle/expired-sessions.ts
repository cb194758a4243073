import type { PlacedRecord } from '../sessions/record-scanner.js';

/** An expired session, as last stored. */
export interface ExpiredSession extends PlacedRecord {
  /** When it expired, in milliseconds since the Unix epoch. */
  readonly expiredAt: number;
}

/**
 * Finds sessions that expired while nobody watched their wallet. A store keeps the record of an expired session for some
 * time. The operations of the lifecycle no longer see it, and it is collected here.
 */
export interface ExpiredSessions {
  /**
   * Collects the sessions that had expired at `until`, in batches. Each session is collected once: instances that collect
   * at the same time share the work. A session whose expiry was announced before (see {@link EndedSession}) is left out.
   * If the iteration is stopped early, the rest is left for the next one.
   *
   * The cost depends on the number of expired sessions. A wallet whose sessions are still active is checked about once per
   * idle timeout, or at least once every few hours, depending on the store.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the iteration, if the store does not answer
   */
  collect(until: number): AsyncIterable<readonly ExpiredSession[]>;
}
