import type { Clock } from '../../session/clock.js';
import type { SessionStore } from '../../session/store.js';
import type { Partition } from '../../session/wallet.js';
import { sweepAudit } from './audit-store.js';
import type { RevocationLog } from './revocation-log.js';
import { sweepStatistics } from './statistics-store.js';
import { transact, type Tables } from './tables.js';

/** LMDB has no TTL: once a minute, what has expired is removed. */
const INTERVAL = 60_000;

/** Starts to sweep; the function returned stops it, after a sweep that is under way. */
export function startSweeping(
  tables: Tables,
  sessions: SessionStore,
  revocations: Pick<RevocationLog, 'forgetOld'>,
  clock: Clock,
): () => Promise<void> {
  let cancel = () => {};
  let stopped = false;
  let underWay = Promise.resolve();

  function waitForNext(): void {
    cancel = clock.schedule(INTERVAL, () => {
      // A sweep that failed has left its work to the next one.
      underWay = sweep(tables, sessions, revocations, clock.now())
        .catch(() => undefined)
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
  sessions: SessionStore,
  revocations: Pick<RevocationLog, 'forgetOld'>,
  now: number,
): Promise<void> {
  const partitions = new Set<Partition>();
  for (const [, partition] of tables.expiries.getKeys({
    end: [now + 1, '', ''],
  })) {
    partitions.add(partition);
  }
  for (const partition of partitions) await sessions.expire(partition, now);
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
