import type { Revocation, SessionId } from '../../session/session.js';
import { BEGINNING, isAfter } from '../cursor.js';

/** How many revocations are remembered one by one. */
export const WINDOW = 100;

/**
 * What the watchers of a channel have been told. A place in the stream is not enough: after a failover the stream may
 * lack what was told last, its new ids may lie before that, and a revocation may come a second time. So the latest ones
 * are known by their session, which ends once; all up to `floor` counts as told.
 */
export interface Told {
  floor: string;
  readonly latest: Map<SessionId, string>;
}

/** @param history the last revocations that are not to be told, {@link WINDOW} of them or all there are */
export function toldUpTo(history: readonly Revocation[]): Told {
  const told: Told = { floor: BEGINNING, latest: new Map() };
  for (const revocation of history) note(told, revocation);
  const [oldest] = history;
  if (oldest !== undefined && history.length >= WINDOW) raiseFloor(told, oldest.cursor);
  return told;
}

export function isTold(told: Told, { cursor, sessionId }: Revocation): boolean {
  return !isAfter(cursor, told.floor) || told.latest.has(sessionId);
}

/** Returns whether it had not been told yet; it counts as told from now on. */
export function tell(told: Told, revocation: Revocation): boolean {
  if (isTold(told, revocation)) return false;
  note(told, revocation);
  return true;
}

function note(told: Told, { sessionId, cursor }: Revocation): void {
  told.latest.set(sessionId, cursor);
  if (told.latest.size < 2 * WINDOW) return;
  for (const [oldest, at] of told.latest) {
    if (told.latest.size <= WINDOW) return;
    told.latest.delete(oldest);
    raiseFloor(told, at);
  }
}

function raiseFloor(told: Told, cursor: string): void {
  if (isAfter(cursor, told.floor)) told.floor = cursor;
}
