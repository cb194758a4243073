import { useMemo } from 'react';
import { settings } from '../settings.js';
import { useAnnouncedWallets } from './announced-wallets.js';
import { throwAwayWallet } from './throw-away-wallet.js';
import type { WalletOption } from './wallet-option.js';

const FOR_DEVELOPMENT: readonly WalletOption[] = [
  {
    id: 'throw-away',
    name: 'Throw-away wallet',
    note: 'Made for this tab, for development',
    connect: throwAwayWallet,
  },
];

/** Every wallet that can sign here, in the order in which they are offered. */
export function useWallets(): readonly WalletOption[] {
  const announced = useAnnouncedWallets();
  return useMemo(
    () => [...announced, ...(settings.isDevelopment ? FOR_DEVELOPMENT : [])],
    [announced],
  );
}
