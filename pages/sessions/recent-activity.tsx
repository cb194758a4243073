import { useEffect, useId, useRef, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { describeDevice } from './describe-device.js';
import { describeEvent, type ActivityEvent } from './describe-event.js';
import { Fact, Time } from './fact.js';
import { useActivity } from './use-activity.js';

/** What happened to the wallet's sessions, newest first, from the audit log. */
export function RecentActivity({ current }: { readonly current: Session }) {
  const { events, hasMore, failure, loadMore } = useActivity(current);
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const title = useId();
  /** The last event when earlier ones were asked for: a keyboard goes on after it. */
  const goOnAfter = useRef<string>(undefined);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const next = (events?.findIndex(({ id }) => id === goOnAfter.current) ?? -1) + 1;
    const row = next > 0 ? list.current?.children[next] : undefined;
    if (row === undefined) return;
    goOnAfter.current = undefined;
    (row as HTMLElement).focus();
  }, [events]);

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
      <h2 id={title}>Recent activity</h2>
      {failure && <p role="alert">The activity could not be loaded. {failure}</p>}
      <ol ref={list} className="activity" role="list" aria-labelledby={title}>
        {events?.map((event) => (
          <EventRow key={event.id} event={event} isOfThisSession={event.sessionId === current.id} />
        ))}
      </ol>
      {state === 'failed' && <p role="alert">Earlier activity could not be loaded. Try again.</p>}
      {hasMore && (
        <button type="button" disabled={state === 'loading'} onClick={() => void showMore()}>
          Show earlier activity
        </button>
      )}
    </section>
  );
}

interface EventRowProps {
  readonly event: ActivityEvent;
  readonly isOfThisSession: boolean;
}

function EventRow({ event, isOfThisSession }: EventRowProps) {
  const { words, isSuspicious } = describeEvent(event);
  return (
    <li tabIndex={-1} className={isSuspicious ? 'suspicious' : undefined}>
      <h3>
        {words} {isOfThisSession && <span className="badge">This session</span>}
      </h3>
      <dl>
        <Fact name="When">
          <Time at={event.at} />
        </Fact>
        {event.userAgent !== null && (
          <Fact name="Device">
            <bdi>{visibleText(describeDevice(event.userAgent))}</bdi>
          </Fact>
        )}
        {event.ipAddress !== null && (
          <Fact name="IP address">
            <bdi>{visibleText(event.ipAddress)}</bdi>
          </Fact>
        )}
      </dl>
    </li>
  );
}
