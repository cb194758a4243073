import type { Session, SessionEnd } from '../../client/src/index.js';
import { useSession } from '../../client/src/react.js';
import { describeEnd } from '../describe-end.js';
import { Header } from '../design/header.js';
import { Icon } from '../design/icon.js';
import { Notices } from '../design/notices.js';
import { settings } from '../settings.js';
import { useFocusKept } from '../use-focus-kept.js';
import { SignIn } from '../wallet/sign-in.js';
import { RecentActivity } from './recent-activity.js';
import { SessionList } from './session-list.js';
import { useSessions } from './use-sessions.js';

/** The active sessions of a wallet, for its owner. */
export function SessionsPage() {
  const { status, session, end } = useSession();
  const title = useFocusKept<HTMLHeadingElement>();
  return (
    <>
      <Header current="sessions" />
      <main className={status === 'signed-out' ? 'page welcome card' : 'page'}>
        {status === 'signed-out' && (
          <span className="welcome-icon">
            <Icon name="shield" size={32} />
          </span>
        )}
        <div className="page-head">
          <h1 ref={title} tabIndex={-1}>
            Your sessions
          </h1>
          {session && (
            <p className="quiet">
              Devices on which your wallet is signed in. Sign out any that you do not recognize.
            </p>
          )}
        </div>
        {session && <SignedIn session={session} />}
        {status === 'signed-out' && <SignedOut end={end} />}
      </main>
      <Notices />
    </>
  );
}

function SignedIn({ session }: { readonly session: Session }) {
  const sessions = useSessions(session);
  return (
    <>
      <SessionList current={session} {...sessions} />
      <RecentActivity current={session} known={sessions.known} />
    </>
  );
}

function SignedOut({ end }: { readonly end: SessionEnd | undefined }) {
  return (
    <>
      {end && (
        <p role="status" className="callout">
          {describeEnd(end.reason)}
        </p>
      )}
      <p className="quiet">
        Sign in to see on which devices your wallet is signed in to {settings.application.name}, and
        to sign out any that you do not recognize.
      </p>
      <SignIn />
    </>
  );
}
