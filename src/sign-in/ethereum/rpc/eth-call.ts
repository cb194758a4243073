import { randomBytes } from 'node:crypto';
import type { ChainId } from '../../../accounts/account-id.js';
import { WalletSessionsError, Warning } from '../../../errors.js';
import { duration, required, textWith, withDefault, type OptionsOf } from '../../../options.js';
import { chainId as chainIdSetting } from '../../chain-id.js';
import { type ContractCall, type EthCall, createContractVerifier } from '../contracts/verifier.js';
import { askRpc, isRpcUrl, RPC_URL, type Answer, type RpcError } from './json-rpc.js';
import { createSlots } from './slots.js';
import type { VerifyContractSignature } from '../signature.js';

export const RPC_SETTINGS = {
  /** The CAIP-2 id of the chain. */
  chainId: required(chainIdSetting),
  /** `http:` or `https:`. Never logged: it may contain the API key of the RPC. */
  url: required(textWith(isRpcUrl, `must be a ${RPC_URL}`)),
  /** Timeout of a JSON-RPC call, and of its wait in the queue; after that, the answer is WALLET_VERIFICATION_UNAVAILABLE. Milliseconds. */
  timeout: withDefault(5000, duration(100)),
};

/** The JSON-RPC endpoint of a chain, with which contract wallets are verified. */
export type RpcOptions = OptionsOf<typeof RPC_SETTINGS>;

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
export function createEthCall({
  chainId,
  url,
  timeout = RPC_SETTINGS.timeout.fallback,
}: RpcOptions): EthCall {
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
    if (typeof said !== 'string' || `eip155:${Number(said)}` !== chainId) {
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
  chainId: ChainId,
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

/** In milliseconds. */
const INTERVAL = 60_000;

/** Reasons beyond this are forgotten, the oldest first. */
const MAX_REASONS = 32;

/**
 * Decides which of many failures is worth a line in the log: the first for its reason, and after that one a minute.
 * @param now milliseconds of a clock that only goes forward
 * @returns for a failure to be logged, how many for the same reason were left out since the last one that was;
 * `undefined` for one to leave out
 */
export function createComplaints(
  now: () => number = () => performance.now(),
): (reason: string) => number | undefined {
  const told = new Map<string, { readonly at: number; leftOut: number }>();
  return (reason) => {
    const last = told.get(reason);
    if (last !== undefined && now() - last.at < INTERVAL) {
      last.leftOut += 1;
      return undefined;
    }
    told.delete(reason);
    told.set(reason, { at: now(), leftOut: 0 });
    const [oldest] = told.keys();
    if (told.size > MAX_REASONS && oldest !== undefined) told.delete(oldest);
    return last?.leftOut ?? 0;
  };
}

/**
 * Codes that say that the call reverted or was aborted by the EVM: 3 of go-ethereum, Erigon, Reth, Besu and the
 * Ethereum execution API specification; −32015 of OpenEthereum and Nethermind.
 */
const EXECUTED = new Set([3, -32015]);

/**
 * Codes that are about the request or the node, whatever their message says: JSON-RPC 2.0 (parse error, invalid
 * request, no such method, invalid parameters) and EIP-1474 (not found, unavailable, not supported, limit exceeded,
 * version); −32016 is a timeout of Nethermind.
 */
const NOT_EXECUTED = new Set([
  -32700, -32600, -32601, -32602, -32001, -32002, -32004, -32005, -32006, -32016,
]);

/**
 * How nodes word that the EVM ended a call, under −32000 (go-ethereum, Erigon, Besu, Ganache), −32003 (Reth,
 * Nethermind), −32603 (Anvil, Hardhat, Frontier) or a code of their own. That a node ran out of time ("execution
 * aborted"), lacks the state ("header not found"), or refuses the transaction ("insufficient funds", "intrinsic gas
 * too low") is not among them.
 */
const ABORTED = [
  /revert/i,
  // go-ethereum, Erigon, Nethermind, ethereumjs; Parity.
  /\binvalid (?:opcode|instruction|jump|code: must not begin with 0xef)/i,
  /\bbad (?:instruction|jump)/i,
  /\bstack (?:underflow|overflow|limit reached)|\bout of stack/i,
  /\bout of gas\b|\bgas uint64 overflow/i,
  /\bwrite protection\b|\breturn data out of bounds/i,
  // Ganache and Hardhat; Besu.
  /\bVM Exception while processing transaction\b/i,
  /\bTransaction processing could not be completed due to an exception\b/i,
  // Reth and Anvil ("EVM error InvalidFEOpcode"), Frontier ("evm error: DesignatedInvalid"), Nethermind.
  /\b(?:InvalidFEOpcode|OpcodeNotFound|NotActivated|InvalidJump|InvalidJumpDestination|BadInstruction|DesignatedInvalid)\b/,
  /\b(?:InvalidCode|StackUnderflow|StackOverflow|OutOfGas|OutOfOffset|StateChangeDuringStaticCall|StaticCallViolation)\b/,
];

/**
 * Whether an error of `eth_call` is a judgement: the EVM has run the call, and it ended without a result. Anything
 * else says nothing about the contract. There is no standard for it, so what is in doubt is no judgement.
 */
export function isExecutionFailure({ code, message }: RpcError): boolean {
  if (code !== undefined && EXECUTED.has(code)) return true;
  if (code !== undefined && NOT_EXECUTED.has(code)) return false;
  return ABORTED.some((wording) => wording.test(message));
}

/** For each chain that has an RPC, what verifies wallets that are contracts on it. */
export function createContractVerifiers(
  rpcs: readonly RpcOptions[],
): ReadonlyMap<ChainId, VerifyContractSignature> {
  return new Map(rpcs.map((rpc) => [rpc.chainId, createContractVerifier(createEthCall(rpc))]));
}
