import { useId, useRef, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { SessionRow } from './session-row.js';
import { useSessions } from './use-sessions.js';

/** All sessions of the wallet, the current one first. Those that end vanish as it happens. */
export function SessionList({ current }: { readonly current: Session }) {
  const { sessions, failure, lastEnded } = useSessions(current);
  const [isBusy, setIsBusy] = useState(false);
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  /** The button goes with what it ended: a keyboard goes on from the head of the list. */
  const goOn = () => heading.current?.focus();
  const others = sessions?.filter(({ id }) => id !== current.id) ?? [];

  async function endOthers() {
    setIsBusy(true);
    await client.logoutAll({ keepCurrent: true }).then(goOn, () => undefined);
    setIsBusy(false);
  }

  return (
    <section aria-labelledby={title} aria-busy={sessions === undefined}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        Active sessions
      </h2>
      {failure && <p role="alert">The sessions could not be loaded. {failure}</p>}
      <ul className="sessions" role="list" aria-labelledby={title}>
        <SessionRow key={current.id} session={current} isCurrent />
        {others.map((session) => (
          <SessionRow key={session.id} session={session} onEnded={goOn} />
        ))}
      </ul>
      <p role="status" className="live">
        {lastEnded}
      </p>
      {others.length > 0 && (
        <button type="button" className="danger" disabled={isBusy} onClick={() => void endOthers()}>
          End all other sessions ({others.length})
        </button>
      )}
    </section>
  );
}
