import { useId, type ReactNode } from 'react';
import type { Session } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { Button } from '../design/button.js';
import { Icon } from '../design/icon.js';
import { useNow } from '../design/now.js';
import { RelativeTime } from '../design/relative-time.js';
import { describeWallet } from '../wallet/wallet-name.js';
import { describeDevice, iconOfDevice, nameOfDevice } from './describe-device.js';
import { labelOfEnd } from './describe-end-of-session.js';
import type { ListedSession } from './use-sessions.js';

interface SessionRowProps extends ListedSession {
  readonly isCurrent?: boolean;
  /** Opens the dialog that signs it out. */
  readonly onSignOut?: () => void;
}

/** One session: which device, which wallet, where and when; and the button that signs it out. */
export function SessionRow({ session, ended, isCurrent = false, onSignOut }: SessionRowProps) {
  const facts = useId();
  const name = nameOfDevice(session);
  const device = describeDevice(session.userAgent);
  return (
    <li className="session" data-ended={ended !== undefined || undefined}>
      <span className="session-icon">
        <Icon name={iconOfDevice(session.userAgent)} size={24} />
      </span>
      <div className="session-text">
        <h3>
          <bdi>{name}</bdi> {isCurrent && <span className="badge">This device</span>}
        </h3>
        <div id={facts}>
          <Facts>
            {session.device !== null && device !== name && <bdi>{device}</bdi>}
            <bdi>{visibleText(session.walletType ?? 'Unknown wallet')}</bdi>
            {describeWallet(session.wallet).kind}
            {session.keyBound === true && `Bound to ${isCurrent ? 'this' : 'its'} device’s key`}
          </Facts>
          <Facts>
            <LastActive session={session} isCurrent={isCurrent} />
            {typeof session.place === 'string' && <bdi>{visibleText(session.place)}</bdi>}
            <bdi>{visibleText(session.ipAddress ?? 'Unknown address')}</bdi>
            <>
              Signed in <RelativeTime at={session.createdAt} />
            </>
          </Facts>
        </div>
      </div>
      {ended !== undefined && <strong className="session-end">{labelOfEnd(ended)}</strong>}
      {ended === undefined && !isCurrent && (
        <Button
          look="danger"
          aria-label={`Sign out ${name}`}
          aria-describedby={facts}
          onClick={onSignOut}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

/** Facts in a line, with a dot between them. */
function Facts({ children }: { readonly children: readonly ReactNode[] }) {
  return (
    <p className="facts">
      {children
        .filter((fact) => fact !== false)
        .map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
    </p>
  );
}

/** Devices are recorded as seen once in a while, so this is how recently an active one may have been seen. */
const ACTIVE = 3 * 60_000;

function LastActive({
  session,
  isCurrent,
}: {
  readonly session: Session;
  readonly isCurrent: boolean;
}) {
  const now = useNow();
  const isActive = isCurrent || now - Date.parse(session.lastSeenAt) < ACTIVE;
  if (isActive) return <span className="active-now">Active now</span>;
  return (
    <>
      Active <RelativeTime at={session.lastSeenAt} />
    </>
  );
}
