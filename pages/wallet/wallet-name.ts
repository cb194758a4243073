/** An account as its owner knows it. */
export interface WalletDescription {
  readonly address: string;
  /** What kind of account it is, in words. A contract is identified by its address and its chain together. */
  readonly kind: string;
}

/** Reads a CAIP-10 account id. Ethereum accounts with a key are named with chain 0 (CAIP-69). */
export function describeWallet(wallet: string): WalletDescription {
  const [namespace, reference = '', address = ''] = wallet.split(':');
  if (namespace === 'solana') return { address, kind: 'Solana account' };
  const isContract = namespace === 'eip155' && reference !== '0';
  return { address, kind: isContract ? `Contract on chain ${reference}` : 'Ethereum account' };
}

/** Enough of an address to recognize it: `0x41B1…CF89`. */
export function shortAddress(address: string): string {
  return address.length <= 12 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`;
}
