import type { Session } from '../../client/src/index.js';
import { describeDevice, nameOfDevice } from './describe-device.js';
import type { ActivityEvent } from './use-activity.js';

/** Names the device of a session by its id, as the list does, or else by the event of its sign-in. */
export type NameDevice = (sessionId: string | null) => string | undefined;

export function deviceNamer(
  known: ReadonlyMap<string, Session>,
  events: readonly ActivityEvent[],
): NameDevice {
  const created = new Map(
    events
      .filter(({ type }) => type === 'SESSION_CREATED')
      .map((event) => [event.sessionId, event]),
  );
  return (sessionId) => {
    const session = sessionId === null ? undefined : known.get(sessionId);
    if (session) return nameOfDevice(session);
    const event = created.get(sessionId);
    return event && describeDevice(event.userAgent);
  };
}
