import type { Audit, AuditEvent } from '../../audit/events.js';
import type { Clock } from '../../clock.js';
import { createFailures } from '../../background/failure-reporter.js';
import { partitionOf, type Partition } from '../../accounts/wallet.js';
import { changesOf, hourOf, periodOf, sumOf, type Period } from './period.js';
import { HOUR, STATISTICS_RETENTION, type StatisticsStore } from './store.js';

export interface StatisticsDomain {
  readonly store: StatisticsStore;
  readonly clock: Clock;
  /** The idle timeout in milliseconds. */
  readonly timeout: number;
  /** Aborted when retries must stop. Then only {@link Statistics.flush} writes. */
  readonly stopping: AbortSignal;
  /** Receives failed writes, which are retried. */
  readonly report: (error: unknown) => void;
}

/** The counts of the requested hours, and the number of active sessions. */
export interface StatisticsReport {
  /**
   * The number of active sessions, accurate to a minute. A killed instance loses the counts of its last second: sessions
   * that were created, refreshed or ended in that second are counted wrongly until they would have expired.
   */
  readonly activeSessions: number;
  /** The number of distinct wallets that signed in or refreshed in the requested hours. */
  readonly wallets: number;
  readonly total: Period;
  /** The counts of each hour, oldest first. */
  readonly hours: readonly Period[];
}

/** Statistics, counted from the audit events, so that they add no work to a request. */
export interface Statistics {
  readonly audit: Audit;
  /**
   * Returns the statistics of the last `hours` hours, including the current one: 1 to {@link MAX_HOURS}.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  report(hours: number): Promise<StatisticsReport>;
  /** Resolves when all counts have been written, or their write has failed. */
  flush(): Promise<void>;
}

export const MAX_HOURS = STATISTICS_RETENTION / HOUR;

/** Milliseconds for which an instance gathers counts in memory before it writes them. */
const INTERVAL = 1000;

interface Uncounted {
  readonly by: Map<string, number>;
  readonly wallets: Set<Partition>;
}

export function createStatistics(domain: StatisticsDomain): Statistics {
  const { store, clock, timeout, stopping, report } = domain;
  const failures = createFailures(
    report,
    'Statistics could not be written: they are kept in memory, and soon tried again.',
  );
  let waiting = new Map<number, Uncounted>();
  let cancel: (() => void) | undefined;
  let underWay = Promise.resolve();

  stopping.addEventListener('abort', () => cancel?.());

  function at(hour: number): Uncounted {
    const uncounted = waiting.get(hour) ?? { by: new Map(), wallets: new Set() };
    waiting.set(hour, uncounted);
    return uncounted;
  }

  function keep(hour: number, by: ReadonlyMap<string, number>, wallets: Iterable<Partition>): void {
    const uncounted = at(hour);
    for (const [name, count] of by) uncounted.by.set(name, (uncounted.by.get(name) ?? 0) + count);
    for (const wallet of wallets) uncounted.wallets.add(wallet);
  }

  function schedule(): void {
    if (stopping.aborted) return;
    cancel ??= clock.schedule(INTERVAL, () => {
      cancel = undefined;
      void write();
    });
  }

  async function writeAll(): Promise<void> {
    const hours = waiting;
    waiting = new Map();
    const writes = Array.from(hours, async ([hour, { by, wallets }]) => {
      try {
        await store.add(hour, by, [...wallets], clock.now());
        failures.passed(hour);
      } catch (error) {
        failures.failed(error, hour);
        keep(hour, by, wallets);
        schedule();
      }
    });
    await Promise.all(writes);
  }

  function write(): Promise<void> {
    underWay = underWay.then(writeAll);
    return underWay;
  }

  function audit(event: AuditEvent): void {
    const changes = changesOf(event);
    if (changes.length === 0) return;
    for (const { hour, name, by } of changes) keep(hour, new Map([[name, by]]), []);
    if (event.type === 'session.created' || event.type === 'session.refreshed') {
      at(hourOf(event.at)).wallets.add(partitionOf(event));
    }
    schedule();
  }

  return {
    audit,
    async report(count) {
      const now = clock.now();
      const current = hourOf(now);
      const first = current - (count - 1) * HOUR;
      const past = hoursBetween(first, current);
      const all = hoursBetween(first, hourOf(now + timeout));
      const [counts, wallets] = await Promise.all([store.read(all), store.countWallets(past)]);
      const hours = all.map((hour, position) => periodOf(hour, counts[position] ?? new Map(), now));
      return {
        activeSessions: hours.reduce((sum, { living }) => sum + living, 0),
        wallets,
        total: sumOf(hours.slice(0, count)),
        hours: hours.slice(0, count),
      };
    },
    flush: write,
  };
}

function hoursBetween(first: number, last: number): number[] {
  return Array.from(
    { length: (last - first) / HOUR + 1 },
    (_, position) => first + position * HOUR,
  );
}
