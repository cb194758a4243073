import { expiryIn } from './changes.js';
import type { Counts } from './store.js';

/** What was counted in a time. */
export interface Period {
  /** When it begins. Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly challenges: number;
  readonly signIns: number;
  readonly refreshes: number;
  readonly reauthentications: number;
  /** Refused sign-ins by error code. */
  readonly refusals: Counts;
  /** Ends of sessions by reason. */
  readonly revocations: Counts;
  /** Sessions that are active now, and whose idle timeout falls in it. */
  readonly living: number;
}

/** Reads the counts of an hour. */
export function periodOf(from: number, counts: Counts, now: number): Period {
  const refusals = new Map<string, number>();
  const revocations = new Map<string, number>();
  let [living, expired] = [0, 0];
  for (const [name, count] of counts) {
    const expiry = expiryIn(from, name);
    const [kind, reason] = name.split(':');
    // An instance that died before it wrote its last second can leave less than nothing.
    if (expiry !== undefined && count > 0) {
      if (expiry > now) living += count;
      else expired += count;
    } else if (reason !== undefined && kind === 'refusals') refusals.set(reason, count);
    else if (reason !== undefined && kind === 'revocations') revocations.set(reason, count);
  }
  if (expired > 0) revocations.set('EXPIRED', expired);
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    from,
    challenges: of('challenges'),
    signIns: of('signIns'),
    refreshes: of('refreshes'),
    reauthentications: of('reauthentications'),
    refusals,
    revocations,
    living,
  };
}

/** Several periods as one, which begins with the first. */
export function sumOf(periods: readonly Period[]): Period {
  const sum = (count: (period: Period) => number) =>
    periods.reduce((total, period) => total + count(period), 0);
  return {
    from: periods[0]?.from ?? 0,
    challenges: sum(({ challenges }) => challenges),
    signIns: sum(({ signIns }) => signIns),
    refreshes: sum(({ refreshes }) => refreshes),
    reauthentications: sum(({ reauthentications }) => reauthentications),
    refusals: sumByReason(periods.map(({ refusals }) => refusals)),
    revocations: sumByReason(periods.map(({ revocations }) => revocations)),
    living: sum(({ living }) => living),
  };
}

function sumByReason(counts: readonly Counts[]): Counts {
  const total = new Map<string, number>();
  for (const [reason, count] of counts.flatMap((each) => [...each])) {
    total.set(reason, (total.get(reason) ?? 0) + count);
  }
  return total;
}
