import { Wallet } from 'ethers';
import type { Address } from '../../src/session/wallet.js';
import type { TestWallet } from './wallet.js';

const account = Wallet.fromPhrase(`${'abandon '.repeat(11)}about`);

/**
 * The account whose address the documentation names, also as one of `ADMIN_WALLETS`: the first of the mnemonic that
 * BIP-39 begins with.
 */
export const DOCUMENTED_WALLET: TestWallet = {
  address: account.address as Address,
  sign: (message) => account.signMessage(message),
};
