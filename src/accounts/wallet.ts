import { createHash } from 'node:crypto';

/** An account's address with its EIP-55 checksum. */
export type Address = `0x${string}`;

/**
 * Whom sessions belong to. An account with a key of its own is the same on every chain: its address says who
 * it is. A contract is what it is on one chain: at the same address on another chain there may be nothing, or
 * the contract of somebody else. So address and chain together say which one it is.
 */
export interface WalletIdentity {
  /** The address, with its EIP-55 checksum. */
  readonly wallet: Address;
  /**
   * Of a wallet that is a contract, the EIP-155 id of the chain that it is on; `undefined` for an account with
   * a key of its own.
   */
  readonly contractChainId?: number | undefined;
}

/** A wallet that may be unknown. */
export type WalletIfKnown = {
  readonly [Key in keyof WalletIdentity]?: WalletIdentity[Key] | undefined;
};

/** Names a wallet, as a session does. An address alone names an account with a key, never a contract. */
export type Wallet = Address | WalletIdentity;

/** The identity in one text: an address, or for a contract its CAIP-10 account id, `eip155:10:0x…`. */
export type WalletId = Address | `eip155:${number}:${Address}`;

/**
 * Names the place where a store keeps everything of one wallet: 120 bits of a SHA-256 of its
 * identity, as 20 characters of base64url. A store puts all keys of a partition together (in Redis,
 * in one hash slot), and a token carries it, so that a session is found without an index from
 * tokens to wallets and without the address standing in tokens or keys.
 */
export type Partition = string & { readonly __brand: 'Partition' };

/** The identity alone, of something that may have more. */
export function identityOf(of: Wallet): WalletIdentity {
  return typeof of === 'string'
    ? { wallet: of }
    : { wallet: of.wallet, contractChainId: of.contractChainId };
}

/**
 * The {@link WalletId} of a wallet. Identify users by it: a contract is a different wallet on each chain.
 * @example
 * ```ts
 * const user = await users.findByWallet(walletIdOf(session));
 * ```
 */
export function walletIdOf(of: Wallet): WalletId {
  const { wallet, contractChainId } = identityOf(of);
  return contractChainId === undefined ? wallet : `eip155:${contractChainId}:${wallet}`;
}

/** Whether both name the same wallet. A contract is a different wallet on each chain. */
export function isSameWallet(one: Wallet, other: Wallet): boolean {
  return walletIdOf(one) === walletIdOf(other);
}

export function partitionOf(wallet: Wallet): Partition {
  return createHash('sha256')
    .update(`wallet-sessions/partition/${walletIdOf(wallet).toLowerCase()}`)
    .digest('base64url')
    .slice(0, 20) as Partition;
}
