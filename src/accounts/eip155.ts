import type { KnownNamespace } from './namespace.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { LRUCache } from 'lru-cache';
import { copyString } from '../copy-string.js';

/**
 * Ethereum and other EVM chains (CAIP-2 profile of `eip155`). An EOA is the same on every chain and is
 * named with the reference 0 (CAIP-69); a contract is named with its chain. So a contract never shares the name of the
 * EOA at the same address, not even on chain 1.
 */
export const eip155: KnownNamespace = {
  name: 'eip155',
  everywhere: '0',
  ignoresCase: true,
  readReference: (text) =>
    /^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? text : undefined,
  readAddress: parseAddress,
};

/** The address of an account on an EVM chain, with its EIP-55 checksum. */
export type Address = `0x${string}`;

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

/** Reads an address in lower case, which has no checksum that could be wrong; `undefined` for any other text. */
export function parseLowerCase(text: string): Address | undefined {
  return /^0x[0-9a-f]{40}$/.test(text) ? withChecksum(text) : undefined;
}

/** Reads an address also in one case, lower or upper, which has no checksum that could be wrong. */
function parseAddress(text: string): Address | undefined {
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
