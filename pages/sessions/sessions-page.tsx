import type { EndReason } from '../../client/src/index.js';
import { useSession } from '../../client/src/react.js';
import { client } from '../client.js';
import { useFocusKept } from '../use-focus-kept.js';
import { SignIn } from '../wallet/sign-in.js';
import { WalletName } from '../wallet/wallet-name.js';
import { RecentActivity } from './recent-activity.js';
import { SessionList } from './session-list.js';

/** Why a session ended, to its owner. */
const ENDINGS: Record<EndReason, string> = {
  LOGOUT: 'You are logged out.',
  LOGOUT_ALL: 'You logged out of all sessions.',
  TOKEN_REUSE:
    'This session was revoked: a token of it was used twice, so it may have been stolen.',
  LIMIT_EXCEEDED: 'This session was revoked: a newer sign-in took its place.',
  EXPIRED: 'This session expired.',
  ADMIN: 'This session was revoked by an administrator.',
  REVOKED: 'This session has ended.',
  FORGOTTEN: 'You are logged out on this device.',
};

/** The active sessions of a wallet, for its owner. */
export function SessionsPage() {
  const { status, session, end } = useSession();
  const title = useFocusKept<HTMLHeadingElement>();
  return (
    <>
      <header>
        <h1 ref={title} tabIndex={-1}>
          Your sessions
        </h1>
        {session && (
          <p>
            Signed in as <WalletName of={session} />{' '}
            <button type="button" onClick={() => void client.logout()}>
              Log out
            </button>
          </p>
        )}
      </header>
      {session && (
        <>
          <SessionList current={session} />
          <RecentActivity current={session} />
        </>
      )}
      {status === 'signed-out' && (
        <section className="welcome">
          {end && <p role="status">{ENDINGS[end.reason]}</p>}
          <p>
            Sign in to see where your wallet is signed in, and to log out sessions that are not
            yours.
          </p>
          <SignIn />
        </section>
      )}
    </>
  );
}
