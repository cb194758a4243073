import { useState } from 'react';
import { Dialog, DialogDisclosure, DialogProvider } from '@ariakit/react/dialog';
import type { Session } from '../../client/src/index.js';
import { client } from '../client.js';
import { describeWallet, shortAddress } from '../wallet/wallet-name.js';
import { Avatar } from './avatar.js';
import { Icon } from './icon.js';
import './account-menu.css';

/** The wallet that is signed in: its address to copy, and the way to sign out. */
export function AccountMenu({ session }: { readonly session: Session }) {
  const { address, kind } = describeWallet(session.wallet);
  const short = shortAddress(address);
  return (
    <DialogProvider>
      <DialogDisclosure className="account-button" aria-label={`Account ${short}`}>
        <Avatar of={session.wallet} />
        <code>{short}</code>
        <Icon name="chevron" size={16} />
      </DialogDisclosure>
      <Dialog
        modal={false}
        portal={false}
        unmountOnHide
        className="account-menu"
        aria-label="Account"
      >
        <div className="account-head">
          <Avatar of={session.wallet} size={40} />
          <div>
            <p>Signed in as</p>
            <code>{address}</code>
            <p>{kind}</p>
          </div>
        </div>
        <CopyAddress address={address} />
        <button type="button" className="menu-item" onClick={() => void client.logout()}>
          <Icon name="signOut" size={18} />
          Sign out
        </button>
      </Dialog>
    </DialogProvider>
  );
}

function CopyAddress({ address }: { readonly address: string }) {
  const [isCopied, setIsCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(address);
    setIsCopied(true);
  }
  return (
    <button type="button" className="menu-item" onClick={() => void copy()}>
      <Icon name={isCopied ? 'check' : 'copy'} size={18} />
      <span role="status">{isCopied ? 'Address copied' : 'Copy address'}</span>
    </button>
  );
}
