import { useEffect, useRef, useState } from 'react';
import type { Wallet } from '../../client/src/index.js';
import { useSession } from '../../client/src/react.js';
import { Button } from '../design/button.js';
import { Dialog, type DialogProps } from '../design/dialog.js';
import { Icon } from '../design/icon.js';
import { describeFailure } from './describe-failure.js';
import { useWallets } from './use-wallets.js';
import type { WalletOption } from './wallet-option.js';
import './wallet-dialog.css';

export interface WalletDialogProps extends Omit<DialogProps, 'title' | 'children' | 'actions'> {
  /** What is done with a wallet: `Sign in`. The title goes on with "with" if there are wallets to select. */
  readonly title: string;
  /** Why a wallet is needed. */
  readonly intro?: string;
  /** What to do with the selected wallet. The signal aborts when the dialog is closed. */
  readonly act: (wallet: Wallet, name: string, signal: AbortSignal) => Promise<unknown>;
  /** Further choices, if there is a wallet. */
  readonly children?: DialogProps['children'];
}

/** Offers the wallets of the browser, does something with the selected one, and closes when that is done. */
export function WalletDialog({ title, intro, act, children, ...dialog }: WalletDialogProps) {
  const { isOpen, onClose } = dialog;
  // Only the wallet that is signed in can sign again.
  const { session } = useSession();
  const wallets = useWallets(session?.wallet);
  const hasWallets = wallets.length > 0;
  const [pending, setPending] = useState<WalletOption>();
  const [failure, setFailure] = useState<string>();
  const controller = useRef<AbortController>(undefined);

  useEffect(() => {
    if (isOpen) return;
    controller.current?.abort();
    setPending(undefined);
    setFailure(undefined);
  }, [isOpen]);

  async function select(option: WalletOption) {
    controller.current?.abort();
    const { signal } = (controller.current = new AbortController());
    setPending(option);
    setFailure(undefined);
    try {
      await act(await option.connect(), option.name, signal);
      if (!signal.aborted) onClose();
    } catch (error) {
      if (!signal.aborted) setFailure(describeFailure(error, option.name));
    }
    if (!signal.aborted) setPending(undefined);
  }

  return (
    <Dialog {...dialog} title={hasWallets ? `${title} with` : title}>
      {intro && <p className="quiet">{intro}</p>}
      {hasWallets ? (
        <ul className="wallets" role="list" aria-label="Wallets">
          {wallets.map((option) => (
            <li key={option.id}>
              <WalletButton
                option={option}
                isPending={option === pending}
                onSelect={() => void select(option)}
              />
            </li>
          ))}
        </ul>
      ) : (
        <NoWallet />
      )}
      {failure !== undefined && (
        <p role="alert" className="callout">
          <Icon name="alert" />
          <span>{failure}</span>
        </p>
      )}
      <p role="status" className="visually-hidden">
        {pending && `Confirm the request in ${pending.name}.`}
      </p>
      {hasWallets && children}
    </Dialog>
  );
}

interface WalletButtonProps {
  readonly option: WalletOption;
  readonly isPending: boolean;
  readonly onSelect: () => void;
}

function WalletButton({ option: { name, icon, note }, isPending, onSelect }: WalletButtonProps) {
  return (
    <button
      type="button"
      className="wallet"
      aria-busy={isPending || undefined}
      onClick={isPending ? undefined : onSelect}
    >
      <span className="wallet-icon">
        {icon === undefined ? (
          <Icon name="wallet" size={22} />
        ) : (
          <img src={icon} alt="" width={32} height={32} />
        )}
      </span>
      <span className="wallet-text">
        <bdi>{name}</bdi>
        {isPending ? (
          <small>Confirm the request in the wallet …</small>
        ) : (
          note !== undefined && <small>{note}</small>
        )}
      </span>
      {isPending ? <span className="spinner" /> : <Icon name="arrow" size={18} />}
    </button>
  );
}

function NoWallet() {
  return (
    <div className="callout no-wallet">
      <Icon name="wallet" />
      <div>
        <p>
          <strong>This browser has no wallet.</strong>
        </p>
        <p>
          On a computer, install a wallet extension, and reload the page. On a phone, open this page
          in the browser of your wallet app.
        </p>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          <Icon name="refresh" size={18} />
          Reload the page
        </Button>
      </div>
    </div>
  );
}
