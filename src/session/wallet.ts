import { createHash } from 'node:crypto';

/** An account's address with its EIP-55 checksum. */
export type Address = `0x${string}`;

/**
 * Names the place where a store keeps everything of one wallet: 120 bits of a SHA-256 of the
 * address, as 20 characters of base64url. A store puts all keys of a partition together (in Redis,
 * in one hash slot), and a token carries it, so that a session is found without an index from
 * tokens to wallets and without the address standing in tokens or keys.
 */
export type Partition = string & { readonly __brand: 'Partition' };

export function partitionOf(wallet: Address): Partition {
  return createHash('sha256')
    .update(`wallet-sessions/partition/${wallet.toLowerCase()}`)
    .digest('base64url')
    .slice(0, 20) as Partition;
}
