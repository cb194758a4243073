import { visibleText } from '../../src/visible-text.js';
import { Button } from '../design/button.js';
import { Icon, type IconName } from '../design/icon.js';
import { exactTime, RelativeTime } from '../design/relative-time.js';
import type { AuditEventType } from '../generated/documents.js';
import { describeDevice } from '../sessions/describe-device.js';
import { describeWallet, shortAddress } from '../wallet/wallet-name.js';
import { Failure } from './failure.js';
import type { AuditEvent, EventPages } from './use-event-pages.js';
import { hrefOf } from './use-view.js';
import { ALARMING, EVENTS, nameOfAct, nameOfCode, nameOfEnd } from './words.js';

interface EventListProps {
  readonly pages: EventPages;
  readonly labelledBy: string;
  /** Whether all events are of one wallet, which need not be named in each line. */
  readonly isOfOneWallet?: boolean;
}

/** Audit events in a line each, with all that is recorded of one behind it. */
export function EventList({ pages, labelledBy, isOfOneWallet = false }: EventListProps) {
  const { events, fresh, hasMore, failure, isLoading, loadMore, reload } = pages;
  return (
    <>
      <Failure text={failure} onRetry={reload} />
      {events && (
        <ol className="card rows events" role="list" aria-labelledby={labelledBy}>
          {events.map((event) => (
            <EventRow
              key={event.id}
              event={event}
              isFresh={fresh.has(event.id)}
              isOfOneWallet={isOfOneWallet}
            />
          ))}
          {events.length === 0 && (
            <li className="empty quiet">
              {hasMore ? 'No recent event matches.' : 'There are no such events.'}
            </li>
          )}
        </ol>
      )}
      {!events && isLoading && <div className="placeholder" />}
      {hasMore && (
        <Button className="more" isBusy={isLoading} onClick={loadMore}>
          Show earlier events
        </Button>
      )}
    </>
  );
}

const ICONS: Partial<Record<AuditEventType, IconName>> = {
  CHALLENGE_CREATED: 'signIn',
  SESSION_CREATED: 'signIn',
  SESSION_REFRESHED: 'refresh',
  SESSION_REAUTHENTICATED: 'shield',
  SESSION_REVOKED: 'signOut',
  ADMINISTRATION_PERFORMED: 'shield',
};

interface EventRowProps {
  readonly event: AuditEvent;
  readonly isFresh: boolean;
  readonly isOfOneWallet: boolean;
}

function EventRow({ event, isFresh, isOfOneWallet }: EventRowProps) {
  const { type, at, wallet, actor, ipAddress } = event;
  const subject = actor ?? wallet;
  return (
    <li data-alarming={ALARMING.has(type) || undefined} data-fresh={isFresh || undefined}>
      <details>
        <summary>
          <Icon name={ICONS[type] ?? 'alert'} size={18} />
          <span className="event-name">
            {EVENTS[type]}
            {whyOf(event) !== undefined && <span className="quiet">: {whyOf(event)}</span>}
          </span>
          {!isOfOneWallet && (
            <span className="event-wallet">
              {subject !== null && <code>{shortAddress(describeWallet(subject).address)}</code>}
            </span>
          )}
          <span className="event-place quiet">
            <bdi>{visibleText(ipAddress ?? '')}</bdi>
          </span>
          <span className="event-time quiet">
            <RelativeTime at={at} />
          </span>
        </summary>
        <EventFacts event={event} />
      </details>
    </li>
  );
}

/** The reason of a refusal or of an end, or what an administrator did. */
function whyOf({ type, reason, act }: AuditEvent): string | undefined {
  if (type === 'SESSION_REVOKED') return reason === null ? undefined : nameOfEnd(reason);
  const parts = [act && nameOfAct(act), reason && nameOfCode(reason)].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function EventFacts({ event }: { readonly event: AuditEvent }) {
  const { type, at, wallet, actor, act, sessionId, reason, expiresAt, requestId } = event;
  const { ipAddress, userAgent } = event;
  const isByCommandLine = act !== null && actor === null;
  return (
    <dl className="event-facts">
      <Fact name="Time" value={`${exactTime(at)} (${at})`} />
      <Fact name="Type" value={type} isCode />
      <Fact name="Reason" value={reason} isCode />
      <Fact name="Action" value={act} isCode />
      <AccountFact name="Administrator" account={actor} />
      {isByCommandLine && <Fact name="Administrator" value="Command line of the service" />}
      <AccountFact name="Wallet" account={wallet} />
      <Fact name="Session" value={sessionId} isCode />
      <Fact name="Expires" value={expiresAt && exactTime(expiresAt)} />
      <Fact name="IP address" value={ipAddress} isCode />
      <Fact
        name="Client"
        value={userAgent && `${describeDevice(userAgent)} (${visibleText(userAgent)})`}
      />
      <Fact name="Request" value={requestId} isCode />
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly isCode?: boolean;
}

function Fact({ name, value, isCode = false }: FactProps) {
  if (value === null || value === '') return null;
  const text = visibleText(value);
  return (
    <div>
      <dt>{name}</dt>
      <dd>{isCode ? <code>{text}</code> : <bdi>{text}</bdi>}</dd>
    </div>
  );
}

function AccountFact({
  name,
  account,
}: {
  readonly name: string;
  readonly account: string | null;
}) {
  if (account === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{account}</code>{' '}
        <a href={hrefOf('wallet', account)}>
          Look up<span className="visually-hidden"> {account}</span>
        </a>
      </dd>
    </div>
  );
}
