import type { ActivityEvent } from './use-activity.js';

/** Events of one kind that are told in one line, newest first. */
export type EventGroup = readonly [ActivityEvent, ...ActivityEvent[]];

/** Sessions that one act ends are recorded one after the other. */
const ONE_ACT = 10_000;

/** Joins neighbouring events that are one act, or repetitions of one. */
export function groupEvents(events: readonly ActivityEvent[]): readonly EventGroup[] {
  const groups: [ActivityEvent, ...ActivityEvent[]][] = [];
  for (const event of events) {
    const group = groups.at(-1);
    const newer = group?.at(-1);
    if (group && newer && belongTogether(newer, event)) group.push(event);
    else groups.push([event]);
  }
  return groups;
}

function belongTogether(newer: ActivityEvent, older: ActivityEvent): boolean {
  const isAlike = (['type', 'reason', 'bySessionId', 'userAgent', 'ipAddress'] as const).every(
    (field) => newer[field] === older[field],
  );
  if (!isAlike) return false;
  if (newer.type !== 'SESSION_REVOKED') {
    return newer.sessionId === older.sessionId && newer.type !== 'SESSION_CREATED';
  }
  return newer.reason !== 'LOGOUT' && Date.parse(newer.at) - Date.parse(older.at) < ONE_ACT;
}
