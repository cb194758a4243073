import { randomBytes } from 'node:crypto';
import { WalletSessionsError } from '../errors.js';
import type { EthCall } from '../sign-in/contract/eth-call.js';
import { askRpc, type Answer } from './json-rpc.js';

/** The node of a chain (JSON-RPC), which wallets that are contracts are verified with. */
export interface RpcOptions {
  /** The EIP-155 id of the chain that the node is on. */
  readonly chainId: number;
  /** `http:` or `https:`. Holds the key of the RPC, where it needs one: never logged. */
  readonly url: string;
  /** For one call in all, in milliseconds. Default 5 seconds. */
  readonly timeout?: number | undefined;
}

/** More at once would be sign-ins that pile up before an RPC that does not keep pace. */
const CALLS_AT_ONCE = 32;

/** EIP-1474 has no code for a revert: go-ethereum and most others have 3, Nethermind −32015. */
const REVERTED = new Set([3, -32015]);

/**
 * Calls contracts through the JSON-RPC of a node (EIP-1474, `eth_call`). Before its first answer counts, the
 * node must have said that it is on the chain that it was configured for.
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` from the function: no answer in time, none
 * that makes sense, or too many calls at once
 */
export function createEthCall({ chainId, url, timeout = 5000 }: RpcOptions): EthCall {
  const rpc = new URL(url);
  let underWay = 0;
  let onItsChain = false;

  async function checkChain(signal: AbortSignal): Promise<void> {
    if (onItsChain) return;
    const answer = await askRpc(rpc, 'eth_chainId', [], signal);
    const said = 'result' in answer ? answer.result : undefined;
    if (typeof said !== 'string' || Number(said) !== chainId) {
      throw new Error(`The RPC for chain ${chainId} is not on that chain.`);
    }
    onItsChain = true;
  }

  return async ({ to, data }) => {
    if (underWay >= CALLS_AT_ONCE) throw unavailable(chainId, new Error('Too many calls at once.'));
    underWay += 1;
    try {
      const signal = AbortSignal.timeout(timeout);
      const call = { from: someAccount(), ...(to !== undefined && { to }), data };
      const [answer] = await Promise.all([
        askRpc(rpc, 'eth_call', [call, 'latest'], signal),
        checkChain(signal),
      ]);
      return returned(answer);
    } catch (cause) {
      throw unavailable(chainId, cause);
    } finally {
      underWay -= 1;
    }
  };
}

function returned(answer: Answer): string | undefined {
  if ('error' in answer) {
    const { code, message } = answer.error;
    if (REVERTED.has(code) || /revert/i.test(message)) return undefined;
    throw new Error(`The RPC answered with the error ${code}.`);
  }
  const { result } = answer;
  if (typeof result === 'string' && /^0x(?:[0-9a-f]{2})*$/i.test(result))
    return result.toLowerCase();
  throw new Error('The RPC answered with something that is not hexadecimal.');
}

/**
 * Whom the call is from: nobody that a contract could know. Some wallets trust the zero address, which is
 * the default, since only simulations come from it.
 */
function someAccount(): string {
  return `0x${randomBytes(20).toString('hex')}`;
}

function unavailable(chainId: number, cause: unknown): WalletSessionsError {
  return new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE', undefined, {
    cause: new Error(`Wallets that are contracts cannot be verified on chain ${chainId}.`, {
      cause,
    }),
  });
}
