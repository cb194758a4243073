import type { Audit } from '../audit.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../key-ring.js';
import type { NearCache } from '../near-cache.js';
import type { SessionPolicy } from '../policy.js';
import type { RateLimits } from '../rate-limit.js';
import type { SessionStore } from '../store.js';
import type { ValidationTally } from '../validation-tally.js';

/** What every step of the lifecycle works with. */
export interface SessionDomain {
  readonly store: SessionStore;
  readonly near: NearCache;
  readonly keys: KeyRing;
  readonly policy: SessionPolicy;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly rateLimits: RateLimits;
  readonly validations: ValidationTally;
  /** Aborted when nothing is to go on by itself any more. */
  readonly stopping: AbortSignal;
  /** Gets errors that nobody waits for. */
  readonly report: (error: unknown) => void;
}
