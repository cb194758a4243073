import { getAddress } from 'ethers';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { Address } from '../session/wallet.js';

/** Checksummed out; in, checksummed or in one case (then the checksum cannot be wrong). */
export const AddressScalar = new GraphQLScalarType<Address, Address>({
  name: 'Address',
  description:
    'The address of an account on an EVM chain: `0x` and 40 hexadecimal digits, with the mixed-case ' +
    'checksum of EIP-55 in every answer. An argument may also be all lower or all upper case.',
  specifiedByURL: 'https://eips.ethereum.org/EIPS/eip-55',
  serialize: (value) => value as Address,
  parseValue: parseAddress,
  parseLiteral: (node) => parseAddress(node.kind === Kind.STRING ? node.value : undefined),
});

function parseAddress(value: unknown): Address {
  // The pattern first: `getAddress` also reads the ICAP format, which no wallet signs with.
  if (typeof value === 'string' && /^0x[0-9a-f]{40}$/i.test(value)) {
    try {
      return getAddress(value) as Address;
    } catch {
      // A checksum that does not match: as good as no address.
    }
  }
  throw new GraphQLError('That is not an address: 0x, 40 hexadecimal digits, EIP-55 checksum.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
