import { useState } from 'react';
import { Confirmation } from '../design/dialog.js';
import { Icon } from '../design/icon.js';
import { notify } from '../design/notices.js';
import { RevokeSessionDocument, RevokeWalletSessionsDocument } from '../generated/documents.js';
import { nameOfDevice } from '../sessions/describe-device.js';
import { WalletDialog } from '../wallet/wallet-dialog.js';
import { describeWallet, shortAddress } from '../wallet/wallet-name.js';
import { failureText, isRefusedAs, useAccess } from './use-access.js';
import type { WalletSession } from './wallet-session.js';

/** What is to be revoked: one session of a wallet, or all. */
export type RevokeRequest =
  | { readonly wallet: string; readonly session: WalletSession }
  | { readonly wallet: string; readonly count: number };

interface RevokeDialogProps {
  readonly request: RevokeRequest | undefined;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

/** Asks before sessions are revoked, and for a fresh signature if the API needs one. */
export function RevokeDialog({ request, onClose, onRevoked }: RevokeDialogProps) {
  const access = useAccess();
  const [state, setState] = useState<'asking' | 'busy' | 'stale'>('asking');
  const [failure, setFailure] = useState<string>();
  const device = request && 'session' in request ? nameOfDevice(request.session) : undefined;
  const isOwn = request !== undefined && 'session' in request && request.session.current;
  const address = request && describeWallet(request.wallet).address;

  function close() {
    setState('asking');
    setFailure(undefined);
    onClose();
  }

  async function revoke({ wallet, ...which }: RevokeRequest) {
    if ('session' in which) {
      await access
        .request(RevokeSessionDocument, { wallet, sessionId: which.session.id })
        .catch((error: unknown) => {
          // It has ended meanwhile, which is what was asked for.
          if (!isRefusedAs(error, 'SESSION_NOT_FOUND')) throw error;
        });
      notify(`The session on ${nameOfDevice(which.session)} was revoked.`);
    } else {
      const { revokeWalletSessions } = await access.request(RevokeWalletSessionsDocument, {
        wallet,
      });
      const { count } = revokeWalletSessions;
      notify(`${count} ${count === 1 ? 'session was' : 'sessions were'} revoked.`);
    }
    close();
    onRevoked();
  }

  async function confirm() {
    if (request === undefined) return;
    setState('busy');
    setFailure(undefined);
    await revoke(request).catch((error: unknown) => {
      setFailure(failureText(error));
      setState(isRefusedAs(error, 'REAUTHENTICATION_REQUIRED') ? 'stale' : 'asking');
    });
  }

  return (
    <>
      <Confirmation
        isOpen={request !== undefined && state !== 'stale'}
        onClose={close}
        title={device === undefined ? 'Revoke all sessions?' : `Revoke the session on ${device}?`}
        act={device === undefined ? 'Revoke all' : 'Revoke'}
        isBusy={state === 'busy'}
        onConfirm={() => void confirm()}
      >
        {request && (
          <p>
            {'count' in request ? `All ${request.count} sessions` : 'The session'} of the wallet{' '}
            <code title={address}>{shortAddress(address ?? '')}</code>{' '}
            {'count' in request ? 'end' : 'ends'} at once. Its owner is told that an administrator
            did it, and can sign in again.
          </p>
        )}
        {isOwn && (
          <p className="callout">
            <Icon name="alert" />
            This is the session that you are using now: you will be signed out.
          </p>
        )}
        {failure !== undefined && (
          <p role="alert" className="callout">
            <Icon name="alert" />
            {failure}
          </p>
        )}
      </Confirmation>
      <WalletDialog
        isOpen={request !== undefined && state === 'stale'}
        onClose={close}
        title="Sign again"
        intro="To revoke sessions of others, confirm with a fresh signature of your wallet."
        act={async (wallet, _name, signal) => {
          await access.confirm(wallet, signal);
          signal.throwIfAborted();
          if (request !== undefined) await revoke(request);
        }}
      />
    </>
  );
}
