import type { Revocation, SessionId } from '../../../sessions/session.js';
import { BEGINNING, isAfter } from '../../cursor.js';

/** Number of the latest revocations that are remembered individually. */
export const WINDOW = 100;

/**
 * The revocations that the watchers of a channel have received. A position in the list is not enough: after a
 * failover the list may lack its latest entries, new cursors may precede the position, and a revocation may arrive
 * twice. The latest revocations are therefore remembered by session, which ends once. Everything up to `floor` counts
 * as delivered.
 */
export interface DeliveredEvents {
  floor: string;
  readonly latest: Map<SessionId, string>;
}

/** @param history the last {@link WINDOW} revocations, or all if there are fewer; they count as delivered */
export function deliveredUpTo(history: readonly Revocation[]): DeliveredEvents {
  const delivered: DeliveredEvents = { floor: BEGINNING, latest: new Map() };
  for (const revocation of history) remember(delivered, revocation);
  const [oldest] = history;
  if (oldest !== undefined && history.length >= WINDOW) raiseFloor(delivered, oldest.cursor);
  return delivered;
}

export function wasDelivered(
  { floor, latest }: DeliveredEvents,
  { cursor, sessionId }: Revocation,
): boolean {
  return !isAfter(cursor, floor) || latest.has(sessionId);
}

/** Whether the revocation with this cursor was delivered, so that the next one in the list can follow. */
export function wasCursorDelivered({ floor, latest }: DeliveredEvents, cursor: string): boolean {
  if (!isAfter(cursor, floor)) return true;
  for (const delivered of latest.values()) if (delivered === cursor) return true;
  return false;
}

/** Marks a revocation as delivered. Returns false if it already was. */
export function markDelivered(delivered: DeliveredEvents, revocation: Revocation): boolean {
  if (wasDelivered(delivered, revocation)) return false;
  remember(delivered, revocation);
  return true;
}

function remember(delivered: DeliveredEvents, { sessionId, cursor }: Revocation): void {
  const { latest } = delivered;
  latest.set(sessionId, cursor);
  if (latest.size < 2 * WINDOW) return;
  for (const [oldest, at] of latest) {
    if (latest.size <= WINDOW) return;
    latest.delete(oldest);
    raiseFloor(delivered, at);
  }
}

function raiseFloor(delivered: DeliveredEvents, cursor: string): void {
  if (isAfter(cursor, delivered.floor)) delivered.floor = cursor;
}
