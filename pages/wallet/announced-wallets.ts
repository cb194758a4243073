import { useEffect, useState } from 'react';
import type { Eip1193Provider } from '../../client/src/index.js';

/** A wallet that the browser has, as it describes itself (EIP-6963). */
export interface AnnouncedWallet {
  readonly info: {
    readonly uuid: string;
    readonly name: string;
    /** A `data:` URL of an image. */
    readonly icon: string;
  };
  readonly provider: Eip1193Provider;
}

/** The wallets of this browser. Asks them to announce themselves; more may follow at any time. */
export function useAnnouncedWallets(): readonly AnnouncedWallet[] {
  const [wallets, setWallets] = useState<readonly AnnouncedWallet[]>([]);
  useEffect(() => {
    const add = (event: Event) => {
      const { detail } = event as CustomEvent<AnnouncedWallet>;
      setWallets((known) =>
        known.some(({ info }) => info.uuid === detail.info.uuid) ? known : [...known, detail],
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
