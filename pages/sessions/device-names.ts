import type { Session } from '../../client/src/index.js';
import { describeDevice, nameOfDevice } from './describe-device.js';
import type { ActivityEvent } from './use-activity.js';

/** What is known of the session of an event. */
export interface KnownDevice {
  /** As the list of sessions names it. */
  readonly name: string;
  readonly userAgent: string | null;
}

/** Finds the device of a session by its id: in the list, or else in the event of its sign-in. */
export type FindDevice = (sessionId: string | null) => KnownDevice | undefined;

export function deviceFinder(
  known: ReadonlyMap<string, Session>,
  events: readonly ActivityEvent[],
): FindDevice {
  const created = new Map(
    events
      .filter(({ type }) => type === 'SESSION_CREATED')
      .map((event) => [event.sessionId, event]),
  );
  return (sessionId) => {
    const session = sessionId === null ? undefined : known.get(sessionId);
    if (session) return { name: nameOfDevice(session), userAgent: session.userAgent };
    const event = created.get(sessionId);
    return event && { name: describeDevice(event.userAgent), userAgent: event.userAgent };
  };
}
