import type { Address } from '../../session/wallet.js';

/** A message call that changes nothing. Without `to`, `data` is run as the code of a new contract. */
export interface ContractCall {
  readonly to?: Address | undefined;
  /** 0x and hexadecimal digits. */
  readonly data: string;
}

/**
 * Runs a call on the latest block of one chain. Resolves with what it returned, as 0x and lower-case
 * hexadecimal digits, or with `undefined` where it reverted.
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` where nothing can be said
 */
export type EthCall = (call: ContractCall) => Promise<string | undefined>;
