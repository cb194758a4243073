import { randomBytes } from 'node:crypto';
import { WalletSessionsError } from '../../../errors.js';
import { Warning } from '../../../warning.js';
import type { ContractCall, EthCall } from '../contracts/eth-call.js';
import { createComplaints } from './complaints.js';
import { isExecutionFailure } from './execution-failure.js';
import { askRpc, type Answer } from './json-rpc.js';
import { createSlots } from './slots.js';

/** The node of a chain (JSON-RPC), which wallets that are contracts are verified with. */
export interface RpcOptions {
  /** The EIP-155 id of the chain that the node is on. */
  readonly chainId: number;
  /** `http:` or `https:`. Holds the key of the RPC, where it needs one: never logged. */
  readonly url: string;
  /** For one call, in milliseconds, and for the wait for a slot to make it in. Default 5 seconds. */
  readonly timeout?: number | undefined;
}

/** Calls of wallets that are deployed, at once for each chain. */
const CALLS_AT_ONCE = 20;

/** Calls that deploy a wallet first (EIP-6492), at once for each chain: they cost a node more. */
const DEPLOYING_CALLS_AT_ONCE = 12;

/** For each of these, how many calls may wait for one that is under way. */
const WAITING_FOR_EACH = 16;

/**
 * Calls contracts through the JSON-RPC of a node (EIP-1474, `eth_call`). Before its first answer counts, the
 * node must have said that it is on the chain that it was configured for. Calls under way are limited, and
 * shared among the networks that ask for them. An identical call that is under way is not made twice.
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` from the function: no answer in time, none
 * that makes sense, or too many calls at once. It has a cause where that is to be logged: at most once a
 * minute for one reason
 */
export function createEthCall({ chainId, url, timeout = 5000 }: RpcOptions): EthCall {
  const rpc = new URL(url);
  const slotsFor = (slots: number) =>
    createSlots({ slots, queue: slots * WAITING_FOR_EACH, patience: timeout });
  const deployed = slotsFor(CALLS_AT_ONCE);
  const deploying = slotsFor(DEPLOYING_CALLS_AT_ONCE);
  const underWay = new Map<string, Promise<string | undefined>>();
  const complain = createComplaints();
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

  async function make({ to, data }: ContractCall): Promise<string | undefined> {
    const failed = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), failed.signal]);
    const call = { from: someAccount(), ...(to !== undefined && { to }), data };
    try {
      const [answer] = await Promise.all([
        askRpc(rpc, 'eth_call', [call, 'latest'], signal),
        checkChain(signal),
      ]);
      return returned(answer);
    } finally {
      // Where one of them failed, the other must not go on without a slot.
      failed.abort();
    }
  }

  function makeOnce(call: ContractCall): Promise<string | undefined> {
    const key = keyOf(call);
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const made = make(call).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  }

  return async (call, network) => {
    try {
      const same = underWay.get(keyOf(call));
      if (same !== undefined) return await same;
      const slots = call.to === undefined ? deploying : deployed;
      return await slots.run(network, () => makeOnce(call));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw unavailable(chainId, cause, complain(reason));
    }
  };
}

function keyOf({ to, data }: ContractCall): string {
  return `${to ?? ''}:${data}`;
}

function returned(answer: Answer): string | undefined {
  if ('error' in answer) {
    if (isExecutionFailure(answer.error)) return undefined;
    throw new Error(`The RPC answered with the error ${answer.error.code ?? 'of no code'}.`);
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

/** @param leftOut how many like it were not logged; `undefined` where this one is not to be either */
function unavailable(
  chainId: number,
  cause: unknown,
  leftOut: number | undefined,
): WalletSessionsError {
  if (leftOut === undefined) return new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE');
  const before = leftOut === 0 ? '' : ` ${leftOut} more failed like this since it was last logged.`;
  return new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE', undefined, {
    cause: new Warning(
      `Wallets that are contracts cannot be verified on chain ${chainId}.${before}`,
      { cause },
    ),
  });
}
