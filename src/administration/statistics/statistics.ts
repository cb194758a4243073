import type { Audit, AuditEvent } from '../../audit/events.js';
import type { Clock } from '../../clock.js';
import { createFailures } from '../../background/failure-reporter.js';
import { partitionOf, type Partition } from '../../accounts/wallet.js';
import { changesOf, hourOf, periodOf, sumOf, type Period } from './period.js';
import { HOUR, STATISTICS_RETENTION, type StatisticsStore } from './store.js';

export interface StatisticsDomain {
  readonly store: StatisticsStore;
  readonly clock: Clock;
  /** The longest that a session lives without a refresh, in milliseconds. */
  readonly timeout: number;
  /** Aborted when nothing is to be tried again any more, and nothing written but by {@link Statistics.settled}. */
  readonly stopping: AbortSignal;
  /** Told of what could not be written, and waits for another try. */
  readonly report: (error: unknown) => void;
}

/** Counts of the hours that were asked for, and how many sessions live now. */
export interface StatisticsReport {
  /**
   * Sessions that have neither ended nor expired, to within a minute. An instance that is killed loses the counts of its
   * last second: sessions that were created, refreshed or ended in it are counted wrongly until they would have expired.
   */
  readonly activeSessions: number;
  /** Different wallets that signed in or refreshed in the time reported. */
  readonly wallets: number;
  readonly total: Period;
  /** Hour by hour, the oldest first. */
  readonly hours: readonly Period[];
}

/** Counts of what happens, made from the audit events, so that no act does more for them. */
export interface Statistics {
  readonly audit: Audit;
  /**
   * The last `hours` hours, the one that runs among them: 1 to {@link MAX_HOURS}.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  report(hours: number): Promise<StatisticsReport>;
  /** Resolves when what was counted has been written, or could not be. */
  settled(): Promise<void>;
}

export const MAX_HOURS = STATISTICS_RETENTION / HOUR;

/** Milliseconds for which this instance keeps counts to itself, to write them together. */
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
    settled: write,
  };
}

function hoursBetween(first: number, last: number): number[] {
  return Array.from(
    { length: (last - first) / HOUR + 1 },
    (_, position) => first + position * HOUR,
  );
}
