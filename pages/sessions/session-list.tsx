import { useId, useRef, useState } from 'react';
import { ClientError, type Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { WalletChoice } from '../wallet/sign-in.js';
import { SessionRow } from './session-row.js';
import { useSessions } from './use-sessions.js';

/** Logs out sessions, and resolves to their ids. */
type End = () => Promise<readonly string[]>;

/** All sessions of the wallet, the current one first. Those that end vanish as it happens. */
export function SessionList({ current }: { readonly current: Session }) {
  const { sessions, failure, lastEnded, remove } = useSessions(current);
  const [isBusy, setIsBusy] = useState(false);
  /** What is to be done again once the wallet has signed. */
  const [refused, setRefused] = useState<End>();
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  /** The button goes with what it ended: a keyboard goes on from the head of the list. */
  const goOn = () => heading.current?.focus();
  const others = sessions?.filter(({ id }) => id !== current.id) ?? [];

  /** A session logs out one that was signed in to later only if its wallet signs again. */
  async function end(act: End) {
    setRefused(undefined);
    try {
      remove(await act());
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'REAUTHENTICATION_REQUIRED'))
        throw error;
      setRefused(() => act);
      return;
    }
    goOn();
  }

  async function logOutOthers() {
    setIsBusy(true);
    await end(async () => (await client.logoutAll({ keepCurrent: true })).sessionIds).catch(
      () => undefined,
    );
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
          <SessionRow
            key={session.id}
            session={session}
            onEnd={() => end(() => client.logout(session.id).then(() => [session.id]))}
          />
        ))}
      </ul>
      <p role="status" className="live">
        {lastEnded}
      </p>
      {refused && (
        <div role="alert">
          <p>
            To log out a session that was signed in to later than this one, sign again with your
            wallet.
          </p>
          <WalletChoice
            title="Sign again with"
            label="Sign again and log out"
            act={async (wallet) => {
              await client.reauthenticate(wallet);
              await end(refused);
            }}
          />
        </div>
      )}
      {others.length > 0 && (
        <button
          type="button"
          className="danger"
          disabled={isBusy}
          onClick={() => void logOutOthers()}
        >
          Log out all other sessions ({others.length})
        </button>
      )}
    </section>
  );
}
