import { decodeBase58 } from './base58.js';
import type { Namespace } from './namespace.js';

/** In bytes: an ed25519 public key. */
const ADDRESS_LENGTH = 32;

/** The names that wallets give clusters (Wallet Standard), and the CAIP-2 reference of each: the first 32 characters of its genesis hash. */
const CLUSTERS: ReadonlyMap<string, string> = new Map([
  ['mainnet', '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'],
  ['devnet', 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1'],
  ['testnet', '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z'],
]);

/** A cluster for tests, with a new genesis hash each time that it is created. */
const LOCALNET = 'localnet';

/**
 * Solana (CAIP-2 and CAIP-10 profiles of `solana`). An account belongs to one cluster. Its address is base58 of exactly
 * 32 bytes, and its case matters.
 */
export const solana: Namespace = {
  name: 'solana',
  readReference: (text) =>
    CLUSTERS.get(text) ??
    (text === LOCALNET || /^[1-9A-HJ-NP-Za-km-z]{32}$/.test(text) ? text : undefined),
  readAddress: (text) => (decodeBase58(text, ADDRESS_LENGTH) === undefined ? undefined : text),
};

/** The public key of an account in bytes; `undefined` for text that is not an address. */
export function publicKeyOf(address: string): Buffer | undefined {
  return decodeBase58(address, ADDRESS_LENGTH);
}
