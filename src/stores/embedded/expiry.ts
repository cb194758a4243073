import type { ExpiredSession, ExpiredSessions } from '../../lifecycle/expired-sessions.js';
import type { Partition } from '../../accounts/wallet.js';
import type { NotifyInvalidated } from '../changes.js';
import type { RevocationLog } from './revocation-log.js';
import { removeSession, transact, type Tables } from './tables.js';
import type { Clock } from '../../clock.js';
import { createFailures } from '../../background/failure-reporter.js';
import { repeat } from '../../background/repeat.js';
import { sweepAudit } from './audit-store.js';
import { sweepStatistics } from './counts.js';

/** Maximum number of sessions that one transaction removes. */
const BATCH = 100;

/**
 * Collects expired sessions in LMDB by the index of expiries. Each batch is one transaction, after which its watchers
 * are notified.
 */
export function createEmbeddedExpiredSessions(
  tables: Tables,
  log: RevocationLog,
  notify: NotifyInvalidated,
): ExpiredSessions {
  function endBatch(until: number): ExpiredSession[] {
    const keys = Array.from(tables.expiries.getKeys({ end: [until + 1, '', ''], limit: BATCH }));
    return keys.flatMap(([expiredAt, partition, id]) => {
      const record = tables.sessions.get([partition, id]);
      removeSession(tables, partition, { id, expiresAt: expiredAt });
      if (record === undefined) return [];
      log.append(partition, id, 'EXPIRED', until);
      return [{ partition, record, expiredAt }];
    });
  }

  return {
    async *collect(until) {
      for (;;) {
        const batch = await transact(tables, () => endBatch(until));
        if (batch.length === 0) return;
        for (const { record } of batch) notify(record.id);
        for (const partition of partitionsOf(batch)) log.announce(partition);
        yield batch;
      }
    },
  };
}

function partitionsOf(batch: readonly ExpiredSession[]): Set<Partition> {
  return new Set(batch.map(({ partition }) => partition));
}

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
