import { useEffect, useId, useRef, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { Button } from '../design/button.js';
import { Icon } from '../design/icon.js';
import { RelativeTime } from '../design/relative-time.js';
import { describeEvents, type Surroundings } from './describe-event.js';
import { deviceNamer } from './device-names.js';
import { groupEvents, type EventGroup } from './group-events.js';
import { useActivity } from './use-activity.js';
import type { Sessions } from './use-sessions.js';

interface RecentActivityProps extends Pick<Sessions, 'known'> {
  readonly current: Session;
}

/** What happened to the wallet's sessions, newest first, from the audit log. */
export function RecentActivity({ current, known }: RecentActivityProps) {
  const { events, hasMore, failure, loadMore } = useActivity(current);
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const title = useId();
  /** The last event when earlier ones were requested: a keyboard goes on after it. */
  const goOnAfter = useRef<string>(undefined);
  const list = useRef<HTMLOListElement>(null);
  const groups = groupEvents(events ?? []);
  const surroundings = { current, nameDevice: deviceNamer(known, events ?? []) };

  useEffect(() => {
    const next = groups.findIndex((group) => group.some(({ id }) => id === goOnAfter.current)) + 1;
    const row = next > 0 ? list.current?.children[next] : undefined;
    if (row === undefined) return;
    goOnAfter.current = undefined;
    (row as HTMLElement).focus();
  });

  async function showMore() {
    setState('loading');
    goOnAfter.current = events?.at(-1)?.id;
    await loadMore().then(
      () => {
        setState('idle');
      },
      () => {
        setState('failed');
      },
    );
  }

  return (
    <section aria-labelledby={title} aria-busy={events === undefined}>
      <div className="section-head">
        <h2 id={title}>Recent activity</h2>
      </div>
      {failure !== undefined && (
        <p role="alert" className="callout">
          <Icon name="alert" />
          The activity could not be loaded. {failure}
        </p>
      )}
      {(events === undefined || events.length > 0) && (
        <ol ref={list} className="activity card" role="list" aria-labelledby={title}>
          {groups.map((group) => (
            <ActivityLine key={group[0].id} group={group} {...surroundings} />
          ))}
        </ol>
      )}
      {events?.length === 0 && <p className="card empty">No activity has been recorded.</p>}
      {state === 'failed' && (
        <p role="alert" className="callout">
          <Icon name="alert" />
          Earlier activity could not be loaded. Try again.
        </p>
      )}
      {hasMore && (
        <Button isBusy={state === 'loading'} className="more" onClick={() => void showMore()}>
          Show earlier activity
        </Button>
      )}
    </section>
  );
}

function ActivityLine({ group, ...surroundings }: Surroundings & { readonly group: EventGroup }) {
  const [event] = group;
  const { icon, sentence, isSuspicious } = describeEvents(group, surroundings);
  return (
    <li tabIndex={-1} data-suspicious={isSuspicious || undefined}>
      <Icon name={icon} />
      <p>
        <span className="activity-sentence">{sentence}</span>{' '}
        {event.sessionId === surroundings.current.id && <span className="badge">This device</span>}
      </p>
      <p className="activity-place">
        {event.ipAddress !== null && <bdi>{visibleText(event.ipAddress)}</bdi>}
        <RelativeTime at={event.at} />
      </p>
    </li>
  );
}
