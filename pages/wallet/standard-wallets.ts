import { getWallets } from '@wallet-standard/app';
import { useEffect, useState } from 'react';
import type { StandardWallet } from '../../client/src/solana.js';
import { solana } from '../../src/accounts/solana.js';
import { visibleText } from '../../src/visible-text.js';
import { settings } from '../settings.js';
import { imageOf } from './announced-wallets.js';
import { isAllowed, nameIfAmbiguous } from './namespaces.js';
import type { WalletOption } from './wallet-option.js';

/** A wallet of the browser, as it registers itself (Wallet Standard). */
interface RegisteredWallet extends StandardWallet {
  readonly name: string;
  readonly icon: string;
  /** Clusters by their names, such as `solana:mainnet`. */
  readonly chains: readonly string[];
}

/** The options of wallets that the page has seen: each wallet keeps its id. */
const options = new WeakMap<RegisteredWallet, WalletOption | null>();
let lastId = 0;

/** The Solana wallets of this browser that can sign in on an allowed cluster. They may come and go at any time. */
export function useStandardWallets(): readonly WalletOption[] {
  const [wallets, setWallets] = useState<readonly WalletOption[]>([]);
  useEffect(() => {
    if (!isAllowed('solana')) return undefined;
    const registered = getWallets();
    const update = () => {
      setWallets(registered.get().flatMap((wallet) => optionOf(wallet) ?? []));
    };
    update();
    const stops = [registered.on('register', update), registered.on('unregister', update)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return wallets;
}

function optionOf(wallet: RegisteredWallet): WalletOption | null {
  const known = options.get(wallet);
  if (known !== undefined) return known;
  const chainId = clusterOf(wallet);
  const option = chainId === undefined || !canSign(wallet) ? null : make(wallet, chainId);
  options.set(wallet, option);
  return option;
}

function make(wallet: RegisteredWallet, chainId: string): WalletOption {
  lastId += 1;
  return {
    id: `standard-${lastId}`,
    namespace: 'solana',
    name: visibleText(wallet.name),
    icon: imageOf(wallet.icon),
    note: nameIfAmbiguous('solana'),
    async connect() {
      const { solanaWallet } = await import('../../client/src/solana.js');
      return solanaWallet(wallet, { chainId });
    },
  };
}

/** The first allowed cluster that the wallet knows. */
function clusterOf({ chains }: RegisteredWallet): string | undefined {
  const known = new Set(
    chains.map((chain) => {
      const [namespace, reference = ''] = chain.split(':');
      return namespace === solana.name && `solana:${solana.readReference(reference)}`;
    }),
  );
  return settings.chainIds.find((chainId) => known.has(chainId));
}

function canSign({ features }: RegisteredWallet): boolean {
  return 'solana:signIn' in features || 'solana:signMessage' in features;
}
