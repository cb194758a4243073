import { hash } from 'node:crypto';
import { comparableNameOf, type AccountId } from './account-id.js';

/**
 * The owner of sessions. An EOA is the same wallet on every chain: `eip155:0:0x…`. A contract
 * is a wallet on its chain only, `eip155:10:0x…`: at the same address on another chain there may be nothing, or
 * somebody else's contract. A Solana account belongs to one cluster.
 */
export interface WalletIdentity {
  /** The CAIP-10 account id of the wallet, in its canonical form. Identify users by it. */
  readonly wallet: AccountId;
}

/** A wallet that may be unknown. */
export type WalletIfKnown = {
  readonly [Key in keyof WalletIdentity]?: WalletIdentity[Key] | undefined;
};

/** Names a wallet; a session names its own. */
export type Wallet = AccountId | WalletIdentity;

/**
 * Names the place where a store keeps all data of one wallet: 120 bits of a SHA-256 of its identity, as 20 characters
 * of base64url. A store keeps all keys of a partition together (in Redis, in one hash slot). Tokens contain it, so a
 * session is found without an index from tokens to wallets, and no address appears in tokens or keys.
 */
export type Partition = string & { readonly __brand: 'Partition' };

/** The identity alone, of something that may have more. */
export function identityOf(of: Wallet): WalletIdentity {
  return { wallet: accountIdOf(of) };
}

/** The account id of a wallet. */
export function accountIdOf(of: Wallet): AccountId {
  return typeof of === 'string' ? of : of.wallet;
}

/** Whether both are the same wallet. A contract is a different wallet on each chain. */
export function isSameWallet(one: Wallet, other: Wallet): boolean {
  return comparableNameOf(accountIdOf(one)) === comparableNameOf(accountIdOf(other));
}

export function partitionOf(wallet: Wallet): Partition {
  const name = `wallet-sessions/partition/${comparableNameOf(accountIdOf(wallet))}`;
  return hash('sha256', name, 'base64url').slice(0, 20) as Partition;
}
