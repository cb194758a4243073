import type { AuditStore } from '../audit/store.js';
import type { ExpiredSessions } from '../lifecycle/expired-sessions.js';
import type { Invalidations } from '../near-cache/invalidations.js';
import type { RecordScanner } from '../sessions/record-scanner.js';
import type { RateLimitStore } from '../rate-limits/rate-limits.js';
import type { RevocationFeed, SessionStore } from '../sessions/store.js';
import type { StatisticsStore } from '../administration/statistics/store.js';
import type { ChallengeStore } from '../sign-in/challenge.js';

/** A store for use: all that the domain keeps, and the way to let go of it. */
export interface OpenStore {
  readonly name: string;
  readonly sessions: SessionStore;
  readonly expired: ExpiredSessions;
  /** For operators: requests never go through all sessions. */
  readonly walk: RecordScanner;
  readonly revocations: RevocationFeed;
  readonly invalidations: Invalidations;
  readonly challenges: ChallengeStore;
  readonly rateLimits: RateLimitStore;
  readonly audit: AuditStore;
  readonly statistics: StatisticsStore;
  /**
   * Resolves where the store answers now.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ping(): Promise<void>;
  /**
   * What the store does not give, in sentences for an operator.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  caveats(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A store that serves one process, and that once, is open already. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';

  /** @param processes the others that have it open; none where it is this one */
  constructor(directory: string, processes: readonly number[] = []) {
    const where =
      processes.length === 0
        ? 'is open in this process already: open it once and share it, or close it first.'
        : `is open in another process (${processes.join(', ')}), and it serves one at a time.`;
    super(`The embedded store in ${directory} ${where}`);
  }
}
