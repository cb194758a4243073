import type { RpcError } from './json-rpc.js';

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
