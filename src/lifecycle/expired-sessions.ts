import type { PlacedRecord } from '../sessions/record.js';
import type { AuditLog } from '../audit/audit-log.js';
import { createFailures } from '../background/failure-reporter.js';
import { repeat } from '../background/repeat.js';
import { openSession, type SessionDomain } from './domain.js';
import { identityOf } from '../accounts/wallet.js';

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

interface ExpirySweepDomain extends Pick<SessionDomain, 'keys' | 'policy' | 'clock' | 'audit'> {
  readonly expired: ExpiredSessions;
  readonly auditLog: Pick<AuditLog, 'isIdle'>;
  /** Receives failures. The next sweep tries again. */
  readonly report: (error: unknown) => void;
}

/** Audits sessions that expire while their wallet has no watcher. */
export interface ExpirySweep {
  /** Starts sweeping once a minute. */
  start(): void;
  /**
   * Audits expired sessions that have not been audited.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  run(): Promise<void>;
  /** Stops a sweep in progress early, and starts no other. Resolves when it has stopped. */
  stop(): Promise<void>;
}

const INTERVAL = 60_000;

/**
 * The delay in milliseconds between the expiry of a session and its sweep. After a step of its clock, an instance may be
 * wrong about the time by as much without removing a session that another instance would still accept or refresh.
 */
export const SWEEP_DELAY = 60_000;

/**
 * While the audit log cannot be written, nothing is collected. Expired sessions stay in the store, and are not accepted.
 */
export function createExpirySweep(domain: ExpirySweepDomain): ExpirySweep {
  const { expired, clock, auditLog, report } = domain;
  const failures = createFailures(
    report,
    'Expired sessions could not be collected. They are refused, and the next sweep collects them.',
  );
  let isStopped = false;
  let stop = () => Promise.resolve();

  async function run(): Promise<void> {
    if (!(await auditLog.isIdle())) return;
    for await (const batch of expired.collect(clock.now() - SWEEP_DELAY)) {
      for (const session of batch) auditExpiry(domain, session);
      if (isStopped || !(await auditLog.isIdle())) return;
    }
  }

  return {
    start() {
      stop = repeat({ clock, interval: INTERVAL, work: run, failures });
    },
    run,
    async stop() {
      isStopped = true;
      await stop();
    },
  };
}

/** Audits the expiry with its wallet, unless the record was altered. */
function auditExpiry(
  domain: ExpirySweepDomain,
  { partition, record, expiredAt }: ExpiredSession,
): void {
  const session = openSession(domain, partition, record);
  domain.audit({
    type: 'session.revoked',
    at: expiredAt,
    partition,
    ...(session && identityOf(session)),
    sessionId: record.id,
    reason: 'EXPIRED',
    expiresAt: expiredAt,
  });
}
