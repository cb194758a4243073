import { type Counts, HOUR } from './store.js';
import type { AuditEvent } from '../../audit/events.js';

/** The counts of a period. */
export interface Period {
  /** The start of the period, in milliseconds since the Unix epoch. */
  readonly from: number;
  readonly challenges: number;
  readonly signIns: number;
  readonly refreshes: number;
  readonly reauthentications: number;
  /** Refused sign-ins by error code. */
  readonly refusals: Counts;
  /** Ends of sessions by reason. */
  readonly revocations: Counts;
  /** The number of active sessions whose idle timeout falls in the period. */
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
    // If an instance is killed before it writes its last second, a count can become negative.
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

/** Adds up several periods into one, which starts with the first. */
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

/** A change of a count. */
interface Change {
  /** The hour of the count. */
  readonly hour: number;
  readonly name: string;
  readonly by: 1 | -1;
}

const MINUTE = 60_000;
const EXPIRING = 'expiring:';

export const hourOf = (time: number): number => time - (time % HOUR);

/**
 * Returns the changes that an event makes to the counts. In addition to events, sessions are counted by the minute in
 * which they will expire. A refresh moves a session to a later minute, and a revocation removes it. The active sessions
 * are those of future minutes, so expired sessions need not be noticed.
 */
export function changesOf(event: AuditEvent): readonly Change[] {
  const happened = (name: string): Change => ({ hour: hourOf(event.at), name, by: 1 });
  switch (event.type) {
    case 'challenge.created':
      return [happened('challenges')];
    case 'sign-in.refused':
      return [happened(`refusals:${event.reason}`)];
    case 'session.created':
      return [happened('signIns'), expiring(event.expiresAt, 1)];
    case 'session.refreshed':
      return [happened('refreshes'), expiring(event.expiredAt, -1), expiring(event.expiresAt, 1)];
    case 'session.reauthenticated':
      return [happened('reauthentications')];
    case 'session.revoked':
      if (event.reason === 'EXPIRED') return [];
      return [happened(`revocations:${event.reason}`), expiring(event.expiresAt, -1)];
    default:
      return [];
  }
}

function expiring(time: number, by: 1 | -1): Change {
  const hour = hourOf(time);
  return { hour, name: EXPIRING + String(Math.floor((time - hour) / MINUTE)), by };
}

/** Returns the expiry of the sessions that are counted under this name; `undefined` for the name of another count. */
function expiryIn(hour: number, name: string): number | undefined {
  if (!name.startsWith(EXPIRING)) return undefined;
  return hour + (Number(name.slice(EXPIRING.length)) + 1) * MINUTE;
}
