import { AbiCoder, concat, getAddress, Interface } from 'ethers';
import type { AccountId } from '../../src/accounts/account-id.js';
import type { Address } from '../../src/accounts/eip155.js';
import { contracts } from '../generated/contracts.js';
import type { TestChain } from './chain.js';
import { aWallet, type TestWallet } from './wallet.js';

/** EIP-6492, `magicBytes`. */
const COUNTERFACTUAL = `0x${'6492'.repeat(16)}`;

const factoryInterface = new Interface([
  'function create(address owner)',
  'function addressOf(address owner) view returns (address)',
]);
export const walletInterface = new Interface([
  'function changeOwner(address next)',
  'function changeOwnerInSimulation(address next)',
]);

/** A contract wallet whose owner signs for it. */
export interface ContractWallet extends TestWallet {
  readonly owner: TestWallet;
}

/** A contract wallet that is deployed. */
export async function aDeployedWallet(
  chain: TestChain,
  code: string = contracts.Wallet,
): Promise<ContractWallet> {
  const owner = aWallet();
  const address = getAddress(await chain.deploy(code, owner.address)) as Address;
  const account: AccountId = `${chain.chainId}:${address}`;
  return { owner, address, account, sign: (message) => owner.sign(message) };
}

/** A contract wallet that is not deployed. Its signatures contain the call that deploys it (EIP-6492). */
export interface CounterfactualWallet extends ContractWallet {
  deploy(): Promise<void>;
}

export async function aCounterfactualWallet(chain: TestChain): Promise<CounterfactualWallet> {
  const owner = aWallet();
  const factory = await chain.deploy(contracts.WalletFactory);
  const creation = factoryInterface.encodeFunctionData('create', [owner.address]);
  const returned = await chain.send(
    owner.address,
    factory,
    factoryInterface.encodeFunctionData('addressOf', [owner.address]),
  );
  const address = getAddress(`0x${returned.slice(-40)}`) as Address;
  return {
    owner,
    address,
    account: `${chain.chainId}:${address}`,
    sign: async (message) => withPreparation(factory, creation, await owner.sign(message)),
    deploy: async () => {
      await chain.send(owner.address, factory, creation);
    },
  };
}

/** A signature with the call to make before its verification (EIP-6492). */
export function withPreparation(to: Address, data: string, signature: string): string {
  const wrapped = AbiCoder.defaultAbiCoder().encode(
    ['address', 'bytes', 'bytes'],
    [to, data, signature],
  );
  return concat([wrapped, COUNTERFACTUAL]);
}
