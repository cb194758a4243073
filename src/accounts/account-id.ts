import * as v from 'valibot';
import type { SettingType } from '../options.js';
import { text } from '../setting-types.js';
import { eip155 } from './eip155.js';
import type { KnownNamespace, Namespace } from './namespace.js';
import { solana } from './solana.js';

/** The name of a chain by CAIP-2: `eip155:8453`, `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp`. */
export type ChainId = `${string}:${string}`;

/**
 * The name of an account by CAIP-10: a chain and an address. An account that is the same on every chain of its namespace
 * has the reference that the namespace reserves for that: `eip155:0:0x…` is an EOA (CAIP-69),
 * `eip155:10:0x…` a contract on chain 10. Names in results are canonical, so equal accounts have equal names.
 */
export type AccountId = `${string}:${string}:${string}`;

/** The namespaces with rules. Names of other namespaces are only checked by the grammar, and stay as they are written. */
const NAMESPACES: readonly KnownNamespace[] = [eip155, solana];

const CHAIN_ID = /^([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32})$/;
const ACCOUNT_ID = /^([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32}):([-.%a-zA-Z0-9]{1,128})$/;

/**
 * Reads a CAIP-10 account id and returns its canonical form; `undefined` for any other text. Ethereum addresses may also
 * be in one case, and Solana clusters may be named: `solana:mainnet:…`.
 */
export function parseAccountId(name: string): AccountId | undefined {
  return readAccountId(name, []);
}

/** Reads a CAIP-10 account id by the rules of further namespaces, too. */
export function readAccountId(name: string, others: readonly Namespace[]): AccountId | undefined {
  const [, namespace, given = '', written = ''] = ACCOUNT_ID.exec(name) ?? [];
  if (namespace === undefined) return undefined;
  const known = rulesOf(namespace);
  const rules = known ?? others.find(isNamed(namespace));
  if (rules === undefined) return name as AccountId;
  const reference = given === known?.everywhere ? given : rules.readReference(given);
  const address = rules.readAddress(written);
  if (reference === undefined || address === undefined) return undefined;
  return `${namespace}:${reference}:${address}`;
}

/** Reads a CAIP-2 chain id and returns its canonical form; `undefined` for any other text. */
export function parseChainId(name: string): ChainId | undefined {
  return readChainId(name, []);
}

/** Reads a CAIP-2 chain id by the rules of further namespaces, too. */
export function readChainId(name: string, others: readonly Namespace[]): ChainId | undefined {
  const [, namespace, given = ''] = CHAIN_ID.exec(name) ?? [];
  if (namespace === undefined) return undefined;
  const rules = rulesOf(namespace) ?? others.find(isNamed(namespace));
  const reference = rules === undefined ? given : rules.readReference(given);
  return reference === undefined ? undefined : `${namespace}:${reference}`;
}

/** The namespace of an account or a chain: `eip155`. */
export function namespaceOf(name: AccountId | ChainId): string {
  return name.slice(0, name.indexOf(':'));
}

/** The address in the name of an account, as its chain writes it. */
export function addressOf(account: AccountId): string {
  return account.slice(account.lastIndexOf(':') + 1);
}

/** The chain in the name of an account; `undefined` for an account that is the same on every chain. */
export function chainIdOf(account: AccountId): ChainId | undefined {
  return isEverywhere(account)
    ? undefined
    : (account.slice(0, account.lastIndexOf(':')) as ChainId);
}

/** Whether the account is the same on every chain of its namespace. */
function isEverywhere(account: AccountId): boolean {
  const everywhere = rulesOf(namespaceOf(account))?.everywhere;
  return everywhere !== undefined && account.startsWith(`${namespaceOf(account)}:${everywhere}:`);
}

/**
 * The contract at the address of an account on a chain: for an account that is the same on every chain, if the chain is
 * one of its namespace.
 */
export function contractAt(account: AccountId, chainId: ChainId): AccountId | undefined {
  if (!isEverywhere(account) || namespaceOf(chainId) !== namespaceOf(account)) return undefined;
  const contract: AccountId = `${chainId}:${addressOf(account)}`;
  return isEverywhere(contract) ? undefined : contract;
}

/** Returns a text that is equal for two names of one account, even if an application changed the case of one. */
export function comparableNameOf(account: AccountId): string {
  const ignoresCase = rulesOf(namespaceOf(account))?.ignoresCase === true;
  return ignoresCase ? account.toLowerCase() : account;
}

const CHAIN_ID_MESSAGE = 'must be a CAIP-2 chain id like eip155:1';

/** A setting that is the CAIP-2 id of a chain. */
export const chainIdSetting: SettingType<ChainId> = {
  form: text.form,
  schema: v.pipe(
    v.string(CHAIN_ID_MESSAGE),
    v.rawTransform<string, ChainId>(({ dataset, addIssue, NEVER }) => {
      const chainId = parseChainId(dataset.value);
      if (chainId !== undefined) return chainId;
      addIssue({ message: CHAIN_ID_MESSAGE });
      return NEVER;
    }),
  ) as unknown as v.GenericSchema<ChainId>,
};

function rulesOf(namespace: string): KnownNamespace | undefined {
  return NAMESPACES.find(isNamed(namespace));
}

function isNamed(namespace: string) {
  return ({ name }: Namespace) => name === namespace;
}
