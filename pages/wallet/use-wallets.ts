import { useMemo } from 'react';
import { settings } from '../settings.js';
import { useAnnouncedWallets } from './announced-wallets.js';
import { isAllowed } from './namespaces.js';
import { useStandardWallets } from './standard-wallets.js';
import { throwAwaySolanaWallet } from './throw-away-solana-wallet.js';
import { throwAwayWallet } from './throw-away-wallet.js';
import type { WalletOption } from './wallet-option.js';

const NOTE = 'Made for this tab, for development';

const FOR_DEVELOPMENT: readonly WalletOption[] = [
  {
    namespace: 'eip155',
    id: 'throw-away',
    name: 'Throw-away wallet',
    note: NOTE,
    connect: throwAwayWallet,
  },
  {
    namespace: 'solana',
    id: 'throw-away-solana',
    name: 'Throw-away Solana wallet',
    note: NOTE,
    connect: throwAwaySolanaWallet,
  },
];

const ALWAYS_THERE = settings.isDevelopment
  ? FOR_DEVELOPMENT.filter(({ namespace }) => isAllowed(namespace))
  : [];

/**
 * Every wallet that can sign here, in the order in which they are offered.
 * @param account the CAIP-10 id of the account that must sign. Default: any
 */
export function useWallets(account?: string): readonly WalletOption[] {
  const announced = useAnnouncedWallets();
  const standard = useStandardWallets();
  const namespace = account?.split(':', 1)[0];
  return useMemo(
    () =>
      [...announced, ...standard, ...ALWAYS_THERE].filter(
        (option) => namespace === undefined || option.namespace === namespace,
      ),
    [announced, standard, namespace],
  );
}
