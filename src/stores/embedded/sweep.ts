import type { Clock } from '../../clock.js';
import { createFailures } from '../../background/failure-reporter.js';
import { repeat } from '../../background/repeat.js';
import { sweepAudit } from './audit-store.js';
import type { RevocationLog } from './revocation-log.js';
import { sweepStatistics } from './statistics-store.js';
import { transact, type Tables } from './tables.js';

/**
 * Milliseconds between sweeps. LMDB has no TTL, so a sweep removes expired rows. Sessions are collected separately
 * (`ExpiredSessions`).
 */
const INTERVAL = 60_000;

/** Starts sweeping. The returned function stops it, and resolves when a running sweep has ended. */
export function startSweeping(
  tables: Tables,
  revocations: Pick<RevocationLog, 'removeOld'>,
  clock: Clock,
  onError: (error: Error) => void,
): () => Promise<void> {
  const failures = createFailures(
    onError,
    'The embedded store could not remove expired rows. The next sweep will retry.',
  );
  const work = () => sweep(tables, revocations, clock.now());
  return repeat({ clock, interval: INTERVAL, work, failures });
}

async function sweep(
  tables: Tables,
  revocations: Pick<RevocationLog, 'removeOld'>,
  now: number,
): Promise<void> {
  await transact(tables, () => {
    revocations.removeOld(now);
    for (const key of [...tables.challengeExpiries.getKeys({ end: [now + 1, ''] })]) {
      void tables.challengeExpiries.remove(key);
      void tables.challenges.remove(key[1]);
    }
    sweepAudit(tables, now);
    sweepStatistics(tables, now);
  });
}
