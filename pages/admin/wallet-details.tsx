import { useCallback, useId, useState } from 'react';
import { Avatar } from '../design/avatar.js';
import { Button } from '../design/button.js';
import { RelativeTime } from '../design/relative-time.js';
import { visibleText } from '../../src/visible-text.js';
import { WalletAuditEventsDocument, WalletSessionsDocument } from '../generated/documents.js';
import { describeDevice, iconOfDevice, nameOfDevice } from '../sessions/describe-device.js';
import { Icon } from '../design/icon.js';
import { describeWallet } from '../wallet/wallet-name.js';
import { EventList } from './event-list.js';
import { Failure } from './failure.js';
import { RevokeDialog, type RevokeRequest } from './revoke-dialog.js';
import { useAccess } from './use-access.js';
import { useEventPages } from './use-event-pages.js';
import { useLoaded } from './use-loaded.js';
import type { WalletSession } from './wallet-session.js';

const PAGE = 50;
const EVENTS_PAGE = 20;

/** The sessions and the events of one wallet. */
export function WalletDetails({ wallet }: { readonly wallet: string }) {
  const { request } = useAccess();
  const { address, kind } = describeWallet(wallet);
  const [asked, setAsked] = useState<RevokeRequest>();
  const { result, failure, isLoading, reload } = useLoaded(
    useCallback(
      async (signal: AbortSignal) => {
        const variables = { wallet, first: PAGE };
        return (await request(WalletSessionsDocument, variables, { signal })).walletSessions;
      },
      [request, wallet],
    ),
  );
  const events = useEventPages(
    useCallback(
      async (after, signal) => {
        const variables = { wallet, first: EVENTS_PAGE, after };
        return (await request(WalletAuditEventsDocument, variables, { signal })).walletAuditEvents;
      },
      [request, wallet],
    ),
  );
  const [sessionsTitle, eventsTitle] = [useId(), useId()];
  const sessions = result?.edges.map(({ node }) => node) ?? [];
  return (
    <>
      <div className="wallet-head">
        <Avatar of={wallet} size={44} />
        <div>
          <h3>
            <code>{address}</code>
          </h3>
          <p className="quiet">{kind}</p>
        </div>
      </div>
      <section aria-labelledby={sessionsTitle} aria-busy={isLoading}>
        <div className="section-head">
          <h3 id={sessionsTitle} tabIndex={-1}>
            Active sessions{result && ` (${result.totalCount})`}
          </h3>
          {sessions.length > 1 && (
            <Button
              look="danger"
              onClick={() => {
                setAsked({ wallet, count: result?.totalCount ?? sessions.length });
              }}
            >
              Revoke all sessions
            </Button>
          )}
        </div>
        <Failure text={failure} onRetry={reload} />
        {result && (
          <ul className="card rows" role="list" aria-labelledby={sessionsTitle}>
            {sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                onRevoke={() => {
                  setAsked({ wallet, session });
                }}
              />
            ))}
            {sessions.length === 0 && (
              <li className="empty quiet">This wallet has no active session.</li>
            )}
            {result.pageInfo.hasNextPage && (
              <li className="empty quiet">The newest {sessions.length} are shown.</li>
            )}
          </ul>
        )}
      </section>
      <section aria-labelledby={eventsTitle} aria-busy={events.isLoading}>
        <div className="section-head">
          <h3 id={eventsTitle}>Audit events</h3>
        </div>
        <EventList pages={events} labelledBy={eventsTitle} isOfOneWallet />
      </section>
      <RevokeDialog
        request={asked}
        onClose={() => {
          setAsked(undefined);
        }}
        onRevoked={() => {
          document.getElementById(sessionsTitle)?.focus();
          reload();
          events.reload();
        }}
      />
    </>
  );
}

interface SessionRowProps {
  readonly session: WalletSession;
  readonly onRevoke: () => void;
}

function SessionRow({ session, onRevoke }: SessionRowProps) {
  const facts = useId();
  const name = nameOfDevice(session);
  const device = describeDevice(session.userAgent);
  return (
    <li className="row session-row">
      <span className="row-icon">
        <Icon name={iconOfDevice(session.userAgent)} size={22} />
      </span>
      <div className="row-text">
        <h4>
          <bdi>{name}</bdi> {session.current && <span className="badge">Your session</span>}{' '}
          {session.keyBound && <span className="badge">Bound to a key</span>}
        </h4>
        <p id={facts} className="quiet facts-line">
          {device !== name && (
            <span>
              <bdi>{device}</bdi>
            </span>
          )}
          <span>
            <bdi>{visibleText(session.walletType ?? 'Unknown wallet')}</bdi>
          </span>
          {session.place !== null && (
            <span>
              <bdi>{visibleText(session.place)}</bdi>
            </span>
          )}
          <span>
            <bdi>{visibleText(session.ipAddress ?? 'Unknown address')}</bdi>
          </span>
          <span>
            Active <RelativeTime at={session.lastSeenAt} />
          </span>
          <span>
            Signed in <RelativeTime at={session.createdAt} />
          </span>
        </p>
      </div>
      <Button
        look="danger"
        aria-label={`Revoke the session on ${name}`}
        aria-describedby={facts}
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </li>
  );
}
