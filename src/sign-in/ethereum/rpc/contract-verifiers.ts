import { createContractVerifier } from '../contracts/verifier.js';
import type { VerifyContractSignature } from '../signature.js';
import { createEthCall, type RpcOptions } from './eth-call.js';

/** For each chain that has an RPC, what verifies wallets that are contracts on it. */
export function createContractVerifiers(
  rpcs: readonly RpcOptions[],
): ReadonlyMap<number, VerifyContractSignature> {
  return new Map(rpcs.map((rpc) => [rpc.chainId, createContractVerifier(createEthCall(rpc))]));
}
