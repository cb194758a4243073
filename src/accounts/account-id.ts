import type { Address, WalletIdentity } from './wallet.js';

/** A CAIP-10 account id of an EIP-155 chain: `eip155:1:0x…`. */
export type AccountId = `eip155:${number}:${Address}`;

/**
 * The CAIP-10 account id that a session is told to other servers by: on the chain of a contract, and for an account with a
 * key on the chain on which it signed in.
 */
export function accountIdOf({
  wallet,
  chainId,
  contractChainId = chainId,
}: WalletIdentity & { readonly chainId: number }): AccountId {
  return `eip155:${contractChainId}:${wallet}`;
}
