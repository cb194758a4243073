import { useState } from 'react';
import { client } from '../client.js';
import { Button } from '../design/button.js';
import { WalletDialog } from './wallet-dialog.js';

/** A button that opens the choice of wallets, and signs in with the selected one. */
export function SignIn() {
  const [isOpen, setIsOpen] = useState(false);
  const [logoutOthers, setLogoutOthers] = useState(false);
  return (
    <>
      <Button
        look="primary"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Sign in with wallet
      </Button>
      <WalletDialog
        isOpen={isOpen}
        onClose={() => {
          setIsOpen(false);
        }}
        title="Sign in"
        act={(wallet, walletType, signal) =>
          client.signIn(wallet, { walletType, logoutOthers, signal })
        }
      >
        <label className="check">
          <input
            type="checkbox"
            checked={logoutOthers}
            onChange={({ target }) => {
              setLogoutOthers(target.checked);
            }}
          />
          Sign out everywhere else
        </label>
      </WalletDialog>
    </>
  );
}
