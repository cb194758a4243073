import type { WalletIdentity } from './wallet.js';
import { parseAddress } from './address.js';

/**
 * Reads what names a wallet in text: an address, for an account with a key of its own; or the CAIP-10 account id
 * of a contract on its chain, `eip155:10:0x…`. `undefined` for any other text.
 */
export function parseWalletId(text: string): WalletIdentity | undefined {
  const [, chain, address = ''] =
    /^(?:eip155:([1-9][0-9]{0,15}):)?(0x[0-9A-Fa-f]{40})$/.exec(text) ?? [];
  const wallet = parseAddress(address);
  const contractChainId = chain === undefined ? undefined : Number(chain);
  if (wallet === undefined || (contractChainId ?? 0) > Number.MAX_SAFE_INTEGER) return undefined;
  return contractChainId === undefined ? { wallet } : { wallet, contractChainId };
}
