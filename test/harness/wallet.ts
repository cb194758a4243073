import { hexlify, randomBytes, Wallet } from 'ethers';
import type { AccountId } from '../../src/accounts/account-id.js';
import type { Address } from '../../src/accounts/eip155.js';

/** A wallet with a new key that makes real signatures. */
export interface TestWallet {
  readonly address: Address;
  /** As an account with a key. */
  readonly account: AccountId;
  sign(message: string): Promise<string>;
}

export function aWallet(): TestWallet {
  // `Wallet.createRandom` also derives the key from a new mnemonic, which takes 36 times as long.
  const wallet = new Wallet(hexlify(randomBytes(32)));
  return {
    address: wallet.address as Address,
    account: `eip155:0:${wallet.address}`,
    sign: (message) => wallet.signMessage(message),
  };
}
