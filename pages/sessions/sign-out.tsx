import { useState, type RefObject } from 'react';
import { ClientError, type Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { Confirmation } from '../design/dialog.js';
import { Icon } from '../design/icon.js';
import { notify } from '../design/notices.js';
import { WalletDialog } from '../wallet/wallet-dialog.js';
import { nameOfDevice } from './describe-device.js';
import type { Sessions } from './use-sessions.js';

/** What is to be signed out: one session, or all but this one. */
export interface SignOutRequest {
  readonly kind: 'one' | 'others';
  readonly sessions: readonly Session[];
}

interface SignOutProps {
  readonly request: SignOutRequest | undefined;
  readonly end: Sessions['end'];
  /** What gets the focus when the button that opened the dialog is gone. */
  readonly fallbackFocus: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/**
 * Asks, and then signs the sessions out. A session may sign out one that was signed in to later only if the wallet signs
 * again.
 */
export function SignOut({ request, end, fallbackFocus, onClose }: SignOutProps) {
  const [state, setState] = useState<'asking' | 'busy' | 'failed' | 'refused'>('asking');
  const devices = request?.sessions.map(nameOfDevice) ?? [];
  const subject = devices.length === 1 ? (devices[0] ?? '') : `${devices.length} devices`;

  function close() {
    setState('asking');
    onClose();
  }

  async function act() {
    if (request === undefined) return;
    await end(
      request.sessions.map(({ id }) => id),
      () => endAt(request),
    );
    notify(`You signed out ${subject}.`);
    close();
  }

  async function confirm() {
    setState('busy');
    await act().catch((error: unknown) => {
      const isRefused = error instanceof ClientError && error.code === 'REAUTHENTICATION_REQUIRED';
      setState(isRefused ? 'refused' : 'failed');
    });
  }

  return (
    <>
      <Confirmation
        isOpen={request !== undefined && state !== 'refused'}
        onClose={close}
        fallbackFocus={fallbackFocus}
        title={request?.kind === 'others' ? 'Sign out everywhere else?' : `Sign out ${subject}?`}
        act="Sign out"
        isBusy={state === 'busy'}
        onConfirm={() => void confirm()}
      >
        {request?.kind === 'others' ? (
          <>
            <p>You will stay signed in on this device. These will be signed out at once:</p>
            <ul className="device-names">
              {request.sessions.map((session) => (
                <li key={session.id}>
                  <bdi>{nameOfDevice(session)}</bdi>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p>
            The device is signed out at once. To use it again, its owner has to sign in there with
            the wallet.
          </p>
        )}
        {state === 'failed' && (
          <p role="alert" className="callout">
            <Icon name="alert" />
            That did not work. Check your internet connection, and try again.
          </p>
        )}
      </Confirmation>
      <WalletDialog
        isOpen={state === 'refused'}
        onClose={close}
        fallbackFocus={fallbackFocus}
        title="Sign again"
        intro="To sign out a device that was signed in later than this one, confirm with your wallet."
        act={async (wallet, _name, signal) => {
          await client.reauthenticate(wallet, { signal });
          signal.throwIfAborted();
          await act();
        }}
      />
    </>
  );
}

async function endAt({ kind, sessions }: SignOutRequest): Promise<readonly string[]> {
  if (kind === 'others') return (await client.logoutAll({ keepCurrent: true })).sessionIds;
  const ids = sessions.map(({ id }) => id);
  for (const id of ids) await client.logout(id);
  return ids;
}
