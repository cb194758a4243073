import { useSession } from '../../client/src/react.js';
import { describeEnd } from '../describe-end.js';
import { Header } from '../design/header.js';
import { Notices } from '../design/notices.js';
import { useFocusKept } from '../use-focus-kept.js';
import { SignIn } from '../wallet/sign-in.js';
import { RecentActivity } from './recent-activity.js';
import { SessionList } from './session-list.js';

/** The active sessions of a wallet, for its owner. */
export function SessionsPage() {
  const { status, session, end } = useSession();
  const title = useFocusKept<HTMLHeadingElement>();
  return (
    <>
      <Header current="sessions" />
      <main className="page">
        <div className="page-head">
          <h1 ref={title} tabIndex={-1}>
            Your sessions
          </h1>
        </div>
        {session && (
          <>
            <SessionList current={session} />
            <RecentActivity current={session} />
          </>
        )}
        {status === 'signed-out' && (
          <section className="welcome">
            {end && <p role="status">{describeEnd(end.reason)}</p>}
            <p>Sign in to see where your wallet is signed in, and to end what is not yours.</p>
            <SignIn />
          </section>
        )}
      </main>
      <Notices />
    </>
  );
}
