import { randomBytes } from 'node:crypto';
import { chainIdSetting, type ChainId } from '../../../accounts/account-id.js';
import { WalletSessionsError, Warning } from '../../../errors.js';
import { required, withDefault, type OptionsOf } from '../../../options.js';
import { duration, textWith } from '../../../setting-types.js';
import { createContractVerifier, type ContractCall, type EthCall } from '../contracts/verifier.js';
import { askRpc, isRpcUrl, RPC_URL, type Answer, type RpcError } from './json-rpc.js';
import { createSlots } from './slots.js';
import type { VerifyContractSignature } from '../signature.js';

export const RPC_SETTINGS = {
  /** The CAIP-2 id of the chain. */
  chainId: required(chainIdSetting),
  /** `http:` or `https:`. Never logged: it may contain the API key of the RPC. */
  url: required(textWith(isRpcUrl, `must be a ${RPC_URL}`)),
  /** Timeout of a JSON-RPC call, and of its wait in the queue; after that, the response is WALLET_VERIFICATION_UNAVAILABLE. Milliseconds. */
  timeout: withDefault(5000, duration(100)),
};

/** The JSON-RPC endpoint of a chain, with which contract wallets are verified. */
export type RpcOptions = OptionsOf<typeof RPC_SETTINGS>;

/** Maximum number of concurrent calls of deployed wallets, per chain. */
const MAX_CALLS = 20;

/** Maximum number of concurrent calls that deploy a wallet first (EIP-6492), per chain. They cost a node more. */
const DEPLOYING_MAX_CALLS = 12;

/** Maximum number of waiting calls, per concurrent call. */
const WAITING_PER_CALL = 16;

/**
 * Calls contracts through the JSON-RPC of a node (EIP-1474, `eth_call`). The node is trusted only after it has confirmed
 * that it is on the configured chain. Concurrent calls are limited and shared fairly among the networks of clients. Identical
 * concurrent calls are sent once.
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` from the function, if the node does not answer in time,
 * answers something invalid, or too many calls are running. It has a cause if it should be logged: at most once a minute
 * for each reason
 */
export function createEthCall({
  chainId,
  url,
  timeout = RPC_SETTINGS.timeout.fallback,
}: RpcOptions): EthCall {
  const rpc = new URL(url);
  const slotsFor = (slots: number) =>
    createSlots({ slots, queue: slots * WAITING_PER_CALL, patience: timeout });
  const deployed = slotsFor(MAX_CALLS);
  const deploying = slotsFor(DEPLOYING_MAX_CALLS);
  const inFlight = new Map<string, Promise<string | undefined>>();
  const complain = createComplaints();
  let isChainConfirmed = false;

  async function checkChain(signal: AbortSignal): Promise<void> {
    if (isChainConfirmed) return;
    const answer = await askRpc(rpc, 'eth_chainId', [], signal);
    const said = 'result' in answer ? answer.result : undefined;
    if (typeof said !== 'string' || `eip155:${Number(said)}` !== chainId) {
      throw new Error(`The RPC for chain ${chainId} is not on that chain.`);
    }
    isChainConfirmed = true;
  }

  async function make({ to, data }: ContractCall): Promise<string | undefined> {
    const failed = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), failed.signal]);
    const call = { from: randomAccount(), ...(to !== undefined && { to }), data };
    try {
      const [answer] = await Promise.all([
        askRpc(rpc, 'eth_call', [call, 'latest'], signal),
        checkChain(signal),
      ]);
      return returned(answer);
    } finally {
      // If one of them failed, the other must not continue without a slot.
      failed.abort();
    }
  }

  function makeOnce(call: ContractCall): Promise<string | undefined> {
    const key = keyOf(call);
    const same = inFlight.get(key);
    if (same !== undefined) return same;
    const made = make(call).finally(() => inFlight.delete(key));
    inFlight.set(key, made);
    return made;
  }

  return async (call, network) => {
    try {
      const same = inFlight.get(keyOf(call));
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
    throw new Error(`The RPC returned the error ${answer.error.code ?? 'without a code'}.`);
  }
  const { result } = answer;
  if (typeof result === 'string' && /^0x(?:[0-9a-f]{2})*$/i.test(result))
    return result.toLowerCase();
  throw new Error('The result of the RPC is not hexadecimal.');
}

/**
 * Returns a random address as the sender of a call. Some wallets trust the default, the zero address, since only simulations
 * come from it.
 */
function randomAccount(): string {
  return `0x${randomBytes(20).toString('hex')}`;
}

/** @param leftOut number of errors with this reason that were not logged; `undefined` if this one is not logged either */
function unavailable(
  chainId: ChainId,
  cause: unknown,
  leftOut: number | undefined,
): WalletSessionsError {
  if (leftOut === undefined) return new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE');
  const before = leftOut === 0 ? '' : ` ${leftOut} more failed like this since it was last logged.`;
  return new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE', undefined, {
    cause: new Warning(`Contract wallets cannot be verified on chain ${chainId}.${before}`, {
      cause,
    }),
  });
}

/** Milliseconds between two log lines with the same reason. */
const INTERVAL = 60_000;

/** Maximum number of remembered reasons. The oldest are forgotten first. */
const MAX_REASONS = 32;

/**
 * Decides which failures are logged: for each reason the first one, and then one per minute.
 * @param now a monotonic clock in milliseconds
 * @returns for a failure to log, the number of failures with its reason that were left out before; `undefined` for a failure
 * to leave out
 */
export function createComplaints(
  now: () => number = () => performance.now(),
): (reason: string) => number | undefined {
  const logged = new Map<string, { readonly at: number; leftOut: number }>();
  return (reason) => {
    const last = logged.get(reason);
    if (last !== undefined && now() - last.at < INTERVAL) {
      last.leftOut += 1;
      return undefined;
    }
    logged.delete(reason);
    logged.set(reason, { at: now(), leftOut: 0 });
    const [oldest] = logged.keys();
    if (logged.size > MAX_REASONS && oldest !== undefined) logged.delete(oldest);
    return last?.leftOut ?? 0;
  };
}

/**
 * Codes of a call that reverted or that the EVM aborted: 3 of go-ethereum, Erigon, Reth, Besu and the
 * Ethereum execution API specification; −32015 of OpenEthereum and Nethermind.
 */
const EXECUTED = new Set([3, -32015]);

/**
 * Codes of errors in the request or in the node, whatever their message: JSON-RPC 2.0 (parse error, invalid
 * request, no such method, invalid parameters) and EIP-1474 (not found, unavailable, not supported, limit exceeded,
 * version); −32016 is a timeout of Nethermind.
 */
const NOT_EXECUTED = new Set([
  -32700, -32600, -32601, -32602, -32001, -32002, -32004, -32005, -32006, -32016,
]);

/**
 * Messages of nodes for a call that the EVM aborted, with the code −32000 (go-ethereum, Erigon, Besu, Ganache), −32003
 * (Reth, Nethermind), −32603 (Anvil, Hardhat, Frontier) or another. Messages of a node that ran out of time ("execution
 * aborted"), lacks the state ("header not found") or refuses the transaction ("insufficient funds", "intrinsic gas too
 * low") do not match.
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
 * Whether an error of `eth_call` means that the EVM has run the call and that it ended without a result. Other errors say
 * nothing about the contract. No standard defines them, so unknown errors count as others.
 */
export function isExecutionFailure({ code, message }: RpcError): boolean {
  if (code !== undefined && EXECUTED.has(code)) return true;
  if (code !== undefined && NOT_EXECUTED.has(code)) return false;
  return ABORTED.some((wording) => wording.test(message));
}

/** Creates a verifier of contract wallets for each chain that has an RPC. */
export function createContractVerifiers(
  rpcs: readonly RpcOptions[],
): ReadonlyMap<ChainId, VerifyContractSignature> {
  return new Map(rpcs.map((rpc) => [rpc.chainId, createContractVerifier(createEthCall(rpc))]));
}
