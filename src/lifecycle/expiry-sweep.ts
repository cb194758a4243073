import type { AuditLog } from '../audit/audit-log.js';
import { createFailures } from '../background/failure-reporter.js';
import { openSession } from './open.js';
import type { SessionDomain } from './domain.js';
import { identityOf } from '../accounts/wallet.js';
import type { ExpiredSession, ExpiredSessions } from './expired-sessions.js';

export interface ExpirySweepDomain extends Pick<
  SessionDomain,
  'keys' | 'policy' | 'clock' | 'audit'
> {
  readonly expired: ExpiredSessions;
  readonly auditLog: Pick<AuditLog, 'caughtUp'>;
  /** Told of what failed, and is left for the next sweep. */
  readonly report: (error: unknown) => void;
}

/** Audits the sessions that expire without anybody's notice. */
export interface ExpirySweep {
  /** Sweeps once a minute from now on. */
  start(): void;
  /**
   * Audits what has expired and was not audited yet.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  run(): Promise<void>;
  /** Resolves when a sweep that is under way has ended, early; none follows. */
  stop(): Promise<void>;
}

const INTERVAL = 60_000;

/**
 * Milliseconds after its end when a session is swept. An instance may be wrong about the time by as much, after a step of
 * its clock, without ending a session that another one would still let in or refresh.
 */
export const SWEEP_DELAY = 60_000;

/**
 * While the audit log cannot be written, nothing is collected: what has expired waits in the store, and lets
 * nobody in.
 */
export function createExpirySweep(domain: ExpirySweepDomain): ExpirySweep {
  const { expired, clock, auditLog, report } = domain;
  const failures = createFailures(
    report,
    'What has expired could not be collected: it is left for the next sweep, and lets nobody in.',
  );
  let stopped = false;
  let cancel = () => {};
  let underWay = Promise.resolve();

  async function run(): Promise<void> {
    if (!(await auditLog.caughtUp())) return;
    for await (const batch of expired.collect(clock.now() - SWEEP_DELAY)) {
      for (const session of batch) auditExpiry(domain, session);
      if (stopped || !(await auditLog.caughtUp())) return;
    }
  }

  function schedule(): void {
    cancel = clock.schedule(INTERVAL, () => {
      underWay = run()
        .then(
          () => {
            failures.passed();
          },
          (error: unknown) => {
            failures.failed(error);
          },
        )
        .then(() => {
          if (!stopped) schedule();
        });
    });
  }

  return {
    start: schedule,
    run,
    async stop() {
      stopped = true;
      cancel();
      await underWay;
    },
  };
}

/** With its wallet, unless its record was altered. */
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
