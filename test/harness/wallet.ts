import { getAddress, hexlify, randomBytes, Wallet } from 'ethers';
import type { AccountId } from '../../src/accounts/account-id.js';
import type { Address } from '../../src/accounts/eip155.js';

/** A wallet with a new key that makes real signatures. */
export interface TestWallet {
  readonly address: Address;
  /** As an EOA. */
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

/** An account whose wallet never signs. It takes a tenth of the time of `aWallet`, which derives the address from a key. */
export function anAccount(): AccountId {
  return `eip155:0:${anAddress()}`;
}

/** The address of such an account. */
export function anAddress(): Address {
  return getAddress(hexlify(randomBytes(20))) as Address;
}
