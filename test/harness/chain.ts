import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createEVM, EVMError } from '@ethereumjs/evm';
import {
  bytesToHex,
  createAddressFromString,
  hexToBytes,
  type Address as EvmAddress,
} from '@ethereumjs/util';
import type { ChainId } from '../../src/accounts/account-id.js';
import type { Address } from '../../src/accounts/eip155.js';

/** The call object of `eth_call`. */
interface CallRequest {
  readonly from?: string;
  readonly to?: string;
  readonly data: string;
}

/** A JSON-RPC 2.0 request. */
export interface RpcRequest {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}
/** Answers a request in place of the chain. */
export type Misbehaviour = (request: RpcRequest, response: ServerResponse) => void;

/** An in-process EVM that answers JSON-RPC over HTTP on the loopback interface. */
export interface TestChain {
  readonly url: string;
  readonly chainId: ChainId;
  /** Every request so far. */
  readonly requests: readonly RpcRequest[];
  /** Deploys a contract with its creation code in hexadecimal digits, and resolves to its address. */
  deploy(code: string, argument?: Address): Promise<Address>;
  /** Sends a transaction to a contract and resolves to its return value. */
  send(from: Address, to: Address, data: string): Promise<string>;
  /** Sets the code at an address: of an account, what it delegates to (EIP-7702); empty removes it. */
  setCode(address: Address, code: string): Promise<void>;
  /** Sets how later requests are answered. `undefined` restores the answers of the chain. */
  misbehave(how: Misbehaviour | undefined): void;
  close(): Promise<void>;
}

const GAS = 3_000_000n;
const DEPLOYER = createAddressFromString(`0x${'d'.repeat(40)}`);

/** @param hardfork EIP-7702 needs Prague; a contract can destroy itself before Cancun only */
export async function startChain(
  chainId = 1,
  hardfork: Hardfork = Hardfork.Shanghai,
): Promise<TestChain> {
  const evm = await createEVM({
    common: new Common({ chain: Mainnet, hardfork }),
  });
  const requests: RpcRequest[] = [];
  let misbehaviour: Misbehaviour | undefined;

  async function run(call: { from: EvmAddress; to?: EvmAddress; data: string }) {
    const { execResult, createdAddress } = await evm.runCall({
      caller: call.from,
      origin: call.from,
      ...(call.to !== undefined && { to: call.to }),
      data: hexToBytes(call.data as `0x${string}`),
      gasLimit: GAS,
      skipBalance: true,
    });
    return { ...execResult, createdAddress };
  }

  /** Answers as go-ethereum does: with the return value, error 3 for a revert, or error −32000 otherwise. */
  async function ethCall({ from, to, data }: CallRequest): Promise<object> {
    await evm.stateManager.checkpoint();
    const { returnValue, exceptionError } = await run({
      from: createAddressFromString(from ?? `0x${'0'.repeat(40)}`),
      ...(to !== undefined && { to: createAddressFromString(to) }),
      data,
    });
    await evm.stateManager.revert();
    if (exceptionError === undefined) return { result: bytesToHex(returnValue) };
    return exceptionError.error === EVMError.errorMessages.REVERT
      ? { error: { code: 3, message: 'execution reverted', data: bytesToHex(returnValue) } }
      : { error: { code: -32000, message: exceptionError.error } };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(await text(request)) as RpcRequest;
    requests.push(asked);
    if (misbehaviour !== undefined) {
      misbehaviour(asked, response);
      return;
    }
    const { id, method, params } = asked;
    const outcome =
      method === 'eth_chainId'
        ? { result: `0x${chainId.toString(16)}` }
        : await ethCall(params[0] as CallRequest);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
  }

  const server = createServer((request, response) => {
    void answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/key-of-the-rpc`,
    chainId: `eip155:${chainId}`,
    requests,
    async deploy(code, argument) {
      const data =
        code +
        (argument ?? '')
          .slice(2)
          .toLowerCase()
          .padStart(argument ? 64 : 0, '0');
      const { createdAddress, exceptionError } = await run({ from: DEPLOYER, data });
      if (createdAddress === undefined || exceptionError !== undefined) {
        throw new Error(`Nothing was deployed: ${exceptionError?.error}`);
      }
      return createdAddress.toString();
    },
    async send(from, to, data) {
      const { returnValue, exceptionError, selfdestruct } = await run({
        from: createAddressFromString(from),
        to: createAddressFromString(to),
        data,
      });
      if (exceptionError !== undefined) throw new Error(exceptionError.error);
      // The end of a transaction does this.
      for (const destroyed of selfdestruct?.keys() ?? []) {
        await evm.stateManager.putCode(createAddressFromString(destroyed), new Uint8Array());
      }
      return bytesToHex(returnValue);
    },
    async setCode(address, code) {
      await evm.stateManager.putCode(
        createAddressFromString(address),
        hexToBytes(code as `0x${string}`),
      );
    },
    misbehave(how) {
      misbehaviour = how;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
