import { parseAddress } from './address.js';
import type { Namespace } from './namespace.js';

/**
 * Ethereum and other EVM chains (CAIP-2 profile of `eip155`). An account with a key is the same on every chain and is
 * named with the reference 0 (CAIP-69); a contract is named with its chain. So a contract never shares the name of the
 * account with a key at the same address, not even on chain 1.
 */
export const eip155: Namespace = {
  name: 'eip155',
  everywhere: '0',
  ignoresCase: true,
  readReference: (text) =>
    /^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? text : undefined,
  readAddress: parseAddress,
};
