import type { Address } from './address.js';

/** The bytes of the address, then one bit for each digit: whether EIP-55 writes it in upper case. */
const ADDRESS_BYTES = 20;
const CASE_BYTES = 5;

export const PACKED_ADDRESS_LENGTH = ADDRESS_BYTES + CASE_BYTES;

/** 25 bytes in place of 42 characters; reading them back needs no Keccak. */
export function packAddress(address: Address): Uint8Array {
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

export function unpackAddress(packed: Uint8Array): Address {
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
