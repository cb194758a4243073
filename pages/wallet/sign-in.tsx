import { useId, useRef, useState, type ReactNode } from 'react';
import { WalletError, type Wallet } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { client } from '../client.js';
import { settings } from '../settings.js';
import { useAnnouncedWallets } from './announced-wallets.js';
import { throwAwayWallet } from './throw-away-wallet.js';
import './sign-in.css';

/** A button that opens the choice of wallets, and signs in with the chosen one. */
export function SignIn({ children = 'Sign in with wallet' }: { readonly children?: ReactNode }) {
  const [logoutOthers, setLogoutOthers] = useState(false);
  return (
    <WalletChoice
      title="Sign in with"
      label={children}
      act={(wallet, walletType) => client.signIn(wallet, { walletType, logoutOthers })}
    >
      <label>
        <input
          type="checkbox"
          checked={logoutOthers}
          onChange={({ target }) => {
            setLogoutOthers(target.checked);
          }}
        />{' '}
        Log out all other sessions of the wallet
      </label>
    </WalletChoice>
  );
}

interface WalletChoiceProps {
  readonly title: string;
  /** What the button says. */
  readonly label: ReactNode;
  /** What to do with the chosen wallet. */
  readonly act: (wallet: Wallet, name: string) => Promise<unknown>;
  /** Further choices. */
  readonly children?: ReactNode;
}

/** A button that opens the choice of wallets, and does something with the chosen one. */
export function WalletChoice({ title: text, label, act, children }: WalletChoiceProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const wallets = useAnnouncedWallets();
  const [progress, setProgress] = useState<string>();

  async function choose(name: string, open: () => Wallet | Promise<Wallet>) {
    setProgress(`Waiting for ${name} …`);
    try {
      await act(await open(), name);
      setProgress(undefined);
      dialog.current?.close();
    } catch (error) {
      setProgress(
        error instanceof WalletError
          ? `${name} did not sign.`
          : `That did not work: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  return (
    <>
      <button type="button" className="sign-in" onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} className="wallets" aria-labelledby={title}>
        <h2 id={title}>{text}</h2>
        <ul>
          {wallets.map(({ info, provider }) => (
            <li key={info.uuid}>
              <button type="button" onClick={() => void choose(info.name, () => provider)}>
                <img src={info.icon} alt="" width={24} height={24} />
                <bdi>{visibleText(info.name)}</bdi>
              </button>
            </li>
          ))}
          {settings.isDevelopment && (
            <li>
              <button
                type="button"
                onClick={() => void choose('Throw-away wallet', throwAwayWallet)}
              >
                A throw-away wallet
                <small>made for this tab, for development</small>
              </button>
            </li>
          )}
        </ul>
        {wallets.length === 0 && !settings.isDevelopment && (
          <p>This browser has no wallet. Install one, and reload the page.</p>
        )}
        {children}
        <p role="status">{progress}</p>
        <form method="dialog">
          <button>Cancel</button>
        </form>
      </dialog>
    </>
  );
}
