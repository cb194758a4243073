import { keccak_256 } from '@noble/hashes/sha3.js';
import { LRUCache } from 'lru-cache';
import { copyString } from '../copy-string.js';
import type { Address, WalletIdentity } from './wallet.js';

/** Cache: an address is parsed several times per sign-in, by the schema and by the domain. */
const RECENT = 10_000;
const recent = new LRUCache<string, Address>({ max: RECENT });

/**
 * Reads an address whose case is its checksum (EIP-55); `undefined` for any other text. One in a single
 * case passes only where that happens to be its checksum.
 */
export function parseChecksummed(text: string): Address | undefined {
  if (!/^0x[0-9A-Fa-f]{40}$/.test(text)) return undefined;
  const address = withChecksum(text);
  return text === address ? address : undefined;
}

/** Reads an address also in one case, lower or upper, which has no checksum that could be wrong. */
export function parseAddress(text: string): Address | undefined {
  return /^0x(?:[0-9a-f]{40}|[0-9A-F]{40})$/.test(text)
    ? withChecksum(text)
    : parseChecksummed(text);
}

/** EIP-55: a letter is a capital where the hash of the address has a high digit in its place. `text` is 0x and 40 hexadecimal digits in any case. */
function withChecksum(text: string): Address {
  const digits = text.slice(2).toLowerCase();
  const known = recent.get(digits);
  if (known !== undefined) return known;
  const hash = keccak_256(Buffer.from(digits, 'latin1'));
  let address = '0x';
  for (let position = 0; position < 40; position += 1) {
    const digit = digits.charAt(position);
    const byte = hash[position >> 1] ?? 0;
    const nibble = position % 2 === 0 ? byte >> 4 : byte & 0xf;
    address += nibble >= 8 ? digit.toUpperCase() : digit;
  }
  recent.set(copyString(digits), address as Address);
  return address as Address;
}

/**
 * Reads what names a wallet in text: an address, for an account with a key of its own; or the CAIP-10 account id
 * of a contract on its chain, `eip155:10:0x…`. `undefined` for any other text.
 */
export function parseWalletId(text: string): WalletIdentity | undefined {
  const [, chain, address = ''] =
    /^(?:eip155:([1-9][0-9]{0,15}):)?(0x[0-9A-Fa-f]{40})$/.exec(text) ?? [];
  const wallet = parseAddress(address);
  const contractChainId = chain === undefined ? undefined : Number(chain);
  if (wallet === undefined || (contractChainId ?? 0) > Number.MAX_SAFE_INTEGER) return undefined;
  return contractChainId === undefined ? { wallet } : { wallet, contractChainId };
}
