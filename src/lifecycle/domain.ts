import type { ChainId } from '../accounts/account-id.js';
import type { Audit } from '../audit/events.js';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../sessions/key-ring.js';
import type { NearCache } from '../near-cache/near-cache.js';
import type { SessionPolicy } from '../sessions/policy.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { type SessionRecord, openRecord, type OpenedRecord } from '../sessions/record.js';
import type { SessionStore } from '../sessions/store.js';
import type { KeyProofs } from './key-proofs.js';
import type { DescribePlace } from './places.js';
import type { UnansweredEnds } from './ends.js';
import type { ValidationTally } from './validation-tally.js';
import type { Session } from '../sessions/session.js';
import type { Partition } from '../accounts/wallet.js';

/** The dependencies of the lifecycle's operations. */
export interface SessionDomain {
  readonly store: SessionStore;
  readonly near: NearCache;
  readonly keys: KeyRing;
  readonly policy: SessionPolicy;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly rateLimits: RateLimits;
  readonly validations: ValidationTally;
  /** Checks the proofs of keys that sessions are bound to. */
  readonly keyProofs: KeyProofs;
  /** Repeats revocations that the store did not answer. */
  readonly unanswered: UnansweredEnds;
  /** The chains on which wallets can be contracts. */
  readonly contractChainIds: readonly ChainId[];
  /** Describes where an IP address is, for lists of sessions. */
  readonly describePlace: DescribePlace | undefined;
  /** Aborted when background work must stop. */
  readonly stopping: AbortSignal;
  /** Receives background errors. */
  readonly report: (error: unknown) => void;
}

/** Returns the session in a record. If the record was tampered with, audits that and returns `undefined`. */
export function openSession(
  { keys, policy, clock, audit }: Pick<SessionDomain, 'keys' | 'policy' | 'clock' | 'audit'>,
  partition: Partition,
  record: SessionRecord,
  known?: OpenedRecord,
): Session | undefined {
  const session = openRecord(keys, policy, partition, record, known);
  if (session === undefined) {
    audit({ type: 'session.record-refused', at: clock.now(), partition, sessionId: record.id });
  }
  return session;
}
