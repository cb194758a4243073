import type { AuditEvent } from '../../audit/events.js';
import { HOUR } from './store.js';

/** What changes a count. */
export interface Change {
  /** The hour whose count it is. */
  readonly hour: number;
  readonly name: string;
  readonly by: 1 | -1;
}

const MINUTE = 60_000;
const EXPIRING = 'expiring:';

export const hourOf = (time: number): number => time - (time % HOUR);

/**
 * What an event does to the counts. Besides what happened, the sessions are counted by the minute in which
 * they will expire: a refresh moves one to a later minute, a revocation takes it out. So those that are
 * active are the ones in the minutes to come, and what expires needs nobody to notice it.
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

/** Until when a session that is counted under this name lives; `undefined` for the name of another count. */
export function expiryIn(hour: number, name: string): number | undefined {
  if (!name.startsWith(EXPIRING)) return undefined;
  return hour + (Number(name.slice(EXPIRING.length)) + 1) * MINUTE;
}
