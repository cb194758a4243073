import { useId, useRef, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { Button } from '../design/button.js';
import { Icon } from '../design/icon.js';
import { SessionRow } from './session-row.js';
import { SignOut, type SignOutRequest } from './sign-out.js';
import type { Sessions } from './use-sessions.js';

interface SessionListProps extends Sessions {
  readonly current: Session;
}

/** All sessions of the wallet, the current one first. */
export function SessionList({ current, sessions, failure, reload, end }: SessionListProps) {
  const [request, setRequest] = useState<SignOutRequest>();
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const listed = sessions?.find(({ session }) => session.id === current.id);
  const others = sessions?.filter(({ session }) => session.id !== current.id);
  const active = others?.filter(({ ended }) => ended === undefined).map(({ session }) => session);

  return (
    <section aria-labelledby={title} aria-busy={sessions === undefined}>
      <div className="section-head">
        <h2 id={title} ref={heading} tabIndex={-1}>
          Active sessions
        </h2>
        {active !== undefined && active.length > 0 && (
          <Button
            look="danger"
            onClick={() => {
              setRequest({ kind: 'others', sessions: active });
            }}
          >
            Sign out everywhere else
          </Button>
        )}
      </div>
      {failure !== undefined && (
        <div role="alert" className="callout">
          <Icon name="alert" />
          <p>The sessions could not be loaded. {failure}</p>
          <Button onClick={reload}>Try again</Button>
        </div>
      )}
      <div className="card">
        <ul className="sessions" role="list" aria-labelledby={title}>
          <SessionRow key={current.id} session={{ ...listed?.session, ...current }} isCurrent />
          {others?.map((other) => (
            <SessionRow
              key={other.session.id}
              {...other}
              onSignOut={() => {
                setRequest({ kind: 'one', sessions: [other.session] });
              }}
            />
          ))}
        </ul>
        {others?.length === 0 && (
          <p className="empty">Your wallet is not signed in on any other device.</p>
        )}
      </div>
      <SignOut
        request={request}
        end={end}
        fallbackFocus={heading}
        onClose={() => {
          setRequest(undefined);
        }}
      />
    </section>
  );
}
