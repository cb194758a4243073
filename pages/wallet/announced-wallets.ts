import { useEffect, useState } from 'react';
import type { Eip1193Provider } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { isAllowed, nameIfAmbiguous } from './namespaces.js';
import type { WalletOption } from './wallet-option.js';

/** A wallet of the browser, as it describes itself (EIP-6963). */
interface AnnouncedWallet {
  readonly info: { readonly uuid: string; readonly name: string; readonly icon: string };
  readonly provider: Eip1193Provider;
}

/** The Ethereum wallets of this browser. Asks them to announce themselves; more may follow at any time. */
export function useAnnouncedWallets(): readonly WalletOption[] {
  const [wallets, setWallets] = useState<readonly WalletOption[]>([]);
  useEffect(() => {
    if (!isAllowed('eip155')) return undefined;
    const add = (event: Event) => {
      const option = optionOf((event as CustomEvent<AnnouncedWallet>).detail);
      setWallets((known) =>
        known.some(({ id }) => id === option.id) ? known : [...known, option],
      );
    };
    window.addEventListener('eip6963:announceProvider', add);
    window.dispatchEvent(new Event('eip6963:requestProvider'));
    return () => {
      window.removeEventListener('eip6963:announceProvider', add);
    };
  }, []);
  return wallets;
}

function optionOf({ info: { uuid, name, icon }, provider }: AnnouncedWallet): WalletOption {
  return {
    id: uuid,
    namespace: 'eip155',
    name: visibleText(name),
    icon: imageOf(icon),
    note: nameIfAmbiguous('eip155'),
    connect: () => provider,
  };
}

/** Images of other servers are not loaded: they would tell those servers who visits the page. */
export function imageOf(icon: string): string | undefined {
  return icon.startsWith('data:image/') ? icon : undefined;
}
