import { Wallet } from 'ethers';
import type { Address } from '../../src/accounts/eip155.js';
import type { TestWallet } from './wallet.js';

const account = Wallet.fromPhrase(`${'abandon '.repeat(11)}about`);

/**
 * The account used in the documentation, also as one of `ADMIN_WALLETS`: the first account of the BIP-39 test
 * mnemonic.
 */
export const DOCUMENTED_WALLET: TestWallet = {
  address: account.address as Address,
  account: `eip155:0:${account.address}`,
  sign: (message) => account.signMessage(message),
};
