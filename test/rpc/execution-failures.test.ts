import { isExecutionFailure, createEthCall } from '../../src/sign-in/ethereum/rpc/eth-call.js';
import { startChain, type TestChain } from '../harness/chain.js';

/** Errors of `eth_call` as nodes word them: the code, the message, and which node it is. */
const JUDGED: [node: string, code: number | undefined, message: string][] = [
  ['go-ethereum', 3, 'execution reverted: no'],
  ['go-ethereum', -32000, 'execution reverted'],
  ['go-ethereum', -32000, 'invalid opcode: INVALID'],
  ['go-ethereum', -32000, 'invalid opcode: opcode 0xc not defined'],
  ['go-ethereum', -32000, 'invalid jump destination'],
  ['go-ethereum', -32000, 'stack underflow (0 <=> 1)'],
  ['go-ethereum', -32000, 'stack limit reached 1024 (1023)'],
  ['go-ethereum', -32000, 'out of gas'],
  ['go-ethereum', -32000, 'write protection'],
  ['go-ethereum', -32000, 'return data out of bounds'],
  ['go-ethereum', -32000, 'gas uint64 overflow'],
  ['Erigon', -32003, 'EVM error: InvalidJump'],
  ['Reth', -32003, 'EVM error: InvalidFEOpcode'],
  ['Reth', -32003, 'EVM error: OpcodeNotFound'],
  ['Reth', -32003, 'EVM error: StackUnderflow'],
  ['Reth', -32003, 'out of gas: gas required exceeds: 50000000'],
  ['Anvil', -32603, 'EVM error InvalidFEOpcode'],
  ['Anvil', -32603, 'EVM error OutOfGas'],
  ['Nethermind', -32015, 'VM execution error.'],
  ['Nethermind', -32003, 'stack underflow'],
  ['Nethermind', -32000, 'BadInstruction'],
  ['OpenEthereum', -32000, 'Bad jump destination 2'],
  ['OpenEthereum', -32000, 'Out of stack'],
  ['Besu', -32000, 'Execution reverted'],
  [
    'Besu',
    -32000,
    'Transaction processing could not be completed due to an exception (Invalid opcode: 0xfe)',
  ],
  ['Hardhat', -32603, 'VM Exception while processing transaction: invalid opcode'],
  ['Hardhat', -32603, 'Error: Transaction reverted without a reason string'],
  ['Ganache', -32000, 'VM Exception while processing transaction: out of gas'],
  ['Frontier', -32603, 'evm error: DesignatedInvalid'],
  ['a node that sends no code', undefined, 'execution reverted'],
];

const NOT_JUDGED: [what: string, code: number | undefined, message: string][] = [
  ['it lacks the block', -32000, 'header not found'],
  ['it lacks the state', -32000, 'missing trie node 2d5c (path ) state is not available'],
  ['it ran out of time', -32000, 'execution aborted (timeout = 5s)'],
  ['it ran out of time', -32016, 'Timed out'],
  ['it refuses the transaction', -32000, 'insufficient funds for gas * price + value'],
  ['it refuses the transaction', -32000, 'err: intrinsic gas too low: have 1, want 21000'],
  ['it refuses the transaction', -32003, 'transaction rejected'],
  ['its database failed', -32603, 'EVM error FatalExternalError'],
  ['it failed', -32603, 'Internal error'],
  ['it was asked too often', -32005, 'limit exceeded'],
  ['it was asked too often', 429, 'Too many requests'],
  ['it was asked too often, whatever the words', -32005, 'execution reverted'],
  ['it knows no such method', -32601, 'the method eth_call does not exist'],
  ['it does not take the parameters', -32602, 'invalid argument 0: invalid opcode'],
  ['it says nothing', undefined, ''],
];

describe('recognition of execution failures', () => {
  it.each(JUDGED)(
    'recognizes an execution failure in an error of %s: %s %s',
    (_node, code, message) => {
      expect(isExecutionFailure({ code, message })).toBe(true);
    },
  );

  it.each(NOT_JUDGED)(
    'recognizes no execution failure in an error of a node when %s: %s %s',
    (_what, code, message) => {
      expect(isExecutionFailure({ code, message })).toBe(false);
    },
  );

  describe('execution failures from a node over HTTP', () => {
    let chain: TestChain;
    beforeAll(async () => {
      chain = await startChain();
    });
    afterAll(() => chain.close());

    async function resultOf(error: unknown): Promise<string | undefined> {
      chain.misbehave(({ id, method }, response) => {
        const outcome = method === 'eth_chainId' ? { result: '0x1' } : { error };
        response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
      });
      const call = createEthCall({ chainId: 'eip155:1', url: chain.url, timeout: 30_000 });
      return call({ to: `0x${'12'.repeat(20)}`, data: '0x' }, '192.0.2.1');
    }

    it('reads the code of an RPC error that is sent as a string', async () => {
      expect(await resultOf({ code: '3', message: '' })).toBeUndefined();
      expect(await resultOf({ code: '-32015', message: '' })).toBeUndefined();
      await expect(resultOf({ code: '-32005', message: 'reverted' })).rejects.toMatchObject({
        code: 'WALLET_VERIFICATION_UNAVAILABLE',
      });
    });

    it('classifies an RPC error by its message when its code is not a number', async () => {
      expect(await resultOf({ code: 'CALL_EXCEPTION', message: 'invalid opcode' })).toBeUndefined();
      expect(await resultOf({ message: 'execution reverted' })).toBeUndefined();
    });

    it('rejects with WALLET_VERIFICATION_UNAVAILABLE when an RPC error has neither a valid code nor a message', async () => {
      for (const error of [{}, { code: null, message: null }, { code: 1.5, message: ['revert'] }]) {
        await expect(resultOf(error)).rejects.toMatchObject({
          code: 'WALLET_VERIFICATION_UNAVAILABLE',
        });
      }
    });
  });
});
