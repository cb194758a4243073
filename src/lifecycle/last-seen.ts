import { LRUCache } from 'lru-cache';
import { encryptDetails } from '../sessions/details.js';
import { createFailures } from '../background/failure-reporter.js';
import type { Session } from '../sessions/session.js';
import { partitionOf } from '../accounts/wallet.js';
import type { SessionDomain } from './domain.js';
import { sourceOf, type Sourced } from './sourced.js';

/** Keeps last-seen times approximately current, in the background. */
export interface LastSeen {
  /** Records that the session was used at `now`. Returns immediately. */
  note(session: Session, source: Sourced, now: number): void;
  /** Resolves when all updates have been written or have failed. */
  flush(): Promise<void>;
}

/** The maximum number of sessions whose last failure is remembered. */
const MAX_FAILED = 50_000;

/** Writes at most one update per session and `lastSeenInterval`. A failed update is reported and not retried. */
export function createLastSeen({ store, keys, policy, report }: SessionDomain): LastSeen {
  const failures = createFailures(
    report,
    'When sessions were last seen could not be written: what they are told of it stays as it was.',
  );
  const underWay = new Map<string, Promise<void>>();
  /** When it was tried in vain. Its room is made when it is needed. */
  let failedAt: LRUCache<string, number> | undefined;

  /** A store that refuses to write may be read all the same: then each request finds the session as it was. */
  function hasJustFailed(id: string, now: number): boolean {
    const at = failedAt?.get(id);
    return at !== undefined && now - at < policy.lastSeenInterval;
  }

  return {
    note(session, source, now) {
      if (now - session.lastSeenAt < policy.lastSeenInterval || underWay.has(session.id)) return;
      if (hasJustFailed(session.id, now)) return;
      const partition = partitionOf(session);
      // A caller that does not know the client's address leaves the last one that was known.
      const { ipAddress = session.ipAddress } = sourceOf(source);
      const seen = { ...session, lastSeenAt: now, ipAddress };
      const details = encryptDetails(keys, partition, session, seen);
      const update = store
        .touch(partition, session.id, details, session.authenticatedAt)
        .then(
          () => {
            failures.passed();
          },
          (error: unknown) => {
            failedAt ??= new LRUCache({ max: MAX_FAILED });
            failedAt.set(session.id, now);
            failures.failed(error);
          },
        )
        .finally(() => underWay.delete(session.id));
      underWay.set(session.id, update);
    },
    async flush() {
      await Promise.all(underWay.values());
    },
  };
}
