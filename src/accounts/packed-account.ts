import { addressOf, type AccountId, type ChainId } from './account-id.js';
import type { Address } from './eip155.js';

/** An account as records keep it: Ethereum accounts in bytes, since there may be a million; others by their name. */
export type PackedAccount = Uint8Array | string;

/** A chain as records keep it: the number of an EVM chain, or the name. */
export type PackedChainId = number | string;

const EIP155 = 'eip155:';

/** The packed address, and the reference in ASCII. */
export function packAccount(account: AccountId): PackedAccount {
  if (!account.startsWith(EIP155)) return account;
  const reference = account.slice(EIP155.length, account.lastIndexOf(':'));
  return Buffer.concat([packAddress(addressOf(account) as Address), Buffer.from(reference)]);
}

export function unpackAccount(packed: PackedAccount): AccountId {
  if (typeof packed === 'string') return packed as AccountId;
  const address = unpackAddress(packed.subarray(0, PACKED_ADDRESS_LENGTH));
  const reference = Buffer.from(packed.subarray(PACKED_ADDRESS_LENGTH)).toString('latin1');
  return `eip155:${reference}:${address}`;
}

export function packChainId(chainId: ChainId): PackedChainId {
  return chainId.startsWith(EIP155) ? Number(chainId.slice(EIP155.length)) : chainId;
}

export function unpackChainId(packed: PackedChainId): ChainId {
  return typeof packed === 'number' ? `eip155:${packed}` : (packed as ChainId);
}

/** The bytes of the address, then one bit for each digit: whether EIP-55 writes it in upper case. */
const ADDRESS_BYTES = 20;
const CASE_BYTES = 5;

const PACKED_ADDRESS_LENGTH = ADDRESS_BYTES + CASE_BYTES;

/** 25 bytes in place of 42 characters; reading them back needs no Keccak. */
function packAddress(address: Address): Uint8Array {
  const digits = address.slice(2);
  const packed = Buffer.alloc(PACKED_ADDRESS_LENGTH);
  packed.write(digits, 'hex');
  for (let index = 0; index < digits.length; index += 1) {
    if (!isUpperCase(digits.charCodeAt(index))) continue;
    const place = ADDRESS_BYTES + (index >> 3);
    packed.writeUInt8(packed.readUInt8(place) | (1 << (index & 7)), place);
  }
  return packed;
}

function unpackAddress(packed: Uint8Array): Address {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const digits = bytes.toString('hex', 0, ADDRESS_BYTES);
  let address = '0x';
  for (let index = 0; index < digits.length; index += 1) {
    const upper = bytes.readUInt8(ADDRESS_BYTES + (index >> 3)) & (1 << (index & 7));
    const digit = digits.charAt(index);
    address += upper === 0 ? digit : digit.toUpperCase();
  }
  return address as Address;
}

function isUpperCase(code: number): boolean {
  return code >= 65 && code <= 70;
}
