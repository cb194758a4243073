import type { Address } from '../../../accounts/wallet.js';

/** A message call that changes nothing. Without `to`, `data` is run as the code of a new contract. */
export interface ContractCall {
  readonly to?: Address | undefined;
  /** 0x and hexadecimal digits. */
  readonly data: string;
}

/**
 * Runs a call on the latest block of one chain. Resolves with what it returned, as 0x and lower-case
 * hexadecimal digits, or with `undefined` where it reverted or the EVM aborted it.
 * @param network who has it run, as `networkOfSource` names them: what one network may have run at once is limited
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` where nothing can be said
 */
export type EthCall = (call: ContractCall, network: string) => Promise<string | undefined>;
