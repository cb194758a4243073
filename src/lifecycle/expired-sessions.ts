import type { PlacedRecord } from '../sessions/record-scanner.js';

/** A session that has expired, as the store last had it. */
export interface ExpiredSession extends PlacedRecord {
  /** When it did. Milliseconds since the Unix epoch. */
  readonly expiredAt: number;
}

/**
 * How sessions are found that expire without anybody's notice. A store keeps the record of a session for a
 * while after its end, which no step of the lifecycle sees any more, until it is collected here.
 */
export interface ExpiredSessions {
  /**
   * Collects what had expired at `until`, in batches, each session once whoever else collects; instances that
   * do so at the same time share the work. A session that somebody noticed before (`alreadyCollected` of an
   * {@link EndedSession}) is not among it. Where the iteration is broken off, the rest is left for the next one.
   *
   * The cost is that of what has expired. A wallet whose sessions live on is looked at once in an idle timeout, by some
   * stores once in some hours at the least.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the iteration, where the store does not answer
   */
  collect(until: number): AsyncIterable<readonly ExpiredSession[]>;
}
