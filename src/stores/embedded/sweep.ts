import type { Clock } from '../../clock.js';
import { createFailures } from '../../background/failure-reporter.js';
import { sweepAudit } from './audit-store.js';
import type { RevocationLog } from './revocation-log.js';
import { sweepStatistics } from './statistics-store.js';
import { transact, type Tables } from './tables.js';

/** LMDB has no TTL: once a minute, what is past its time is removed; sessions are collected (`ExpiredSessions`). */
const INTERVAL = 60_000;

/** Starts to sweep; the function returned stops it, after a sweep that is under way. */
export function startSweeping(
  tables: Tables,
  revocations: Pick<RevocationLog, 'forgetOld'>,
  clock: Clock,
  onError: (error: Error) => void,
): () => Promise<void> {
  const failures = createFailures(
    onError,
    'The embedded store could not remove what is past its time: it is left for the next sweep.',
  );
  let cancel = () => {};
  let stopped = false;
  let underWay = Promise.resolve();

  function waitForNext(): void {
    cancel = clock.schedule(INTERVAL, () => {
      underWay = sweep(tables, revocations, clock.now())
        .then(
          () => {
            failures.passed();
          },
          (error: unknown) => {
            failures.failed(error);
          },
        )
        .then(() => {
          if (!stopped) waitForNext();
        });
    });
  }

  waitForNext();
  return async () => {
    stopped = true;
    cancel();
    await underWay;
  };
}

async function sweep(
  tables: Tables,
  revocations: Pick<RevocationLog, 'forgetOld'>,
  now: number,
): Promise<void> {
  await transact(tables, () => {
    revocations.forgetOld(now);
    for (const key of [...tables.challengeExpiries.getKeys({ end: [now + 1, ''] })]) {
      void tables.challengeExpiries.remove(key);
      void tables.challenges.remove(key[1]);
    }
    sweepAudit(tables, now);
    sweepStatistics(tables, now);
  });
}
