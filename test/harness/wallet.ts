import { Wallet } from 'ethers';
import type { Address } from '../../src/accounts/wallet.js';

/** A wallet with a new key that makes real signatures. */
export interface TestWallet {
  readonly address: Address;
  sign(message: string): Promise<string>;
}

export function aWallet(): TestWallet {
  const wallet = Wallet.createRandom();
  return {
    address: wallet.address as Address,
    sign: (message) => wallet.signMessage(message),
  };
}
