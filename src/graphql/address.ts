import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { Address } from '../accounts/wallet.js';
import { parseAddress } from '../accounts/address.js';

/** Checksummed out; in, checksummed or in one case (then the checksum cannot be wrong). */
export const AddressScalar = new GraphQLScalarType<Address, Address>({
  name: 'Address',
  description:
    'The address of an account on an EVM chain: `0x` and 40 hexadecimal digits, with the mixed-case ' +
    'checksum of EIP-55 in every answer. An argument may also be all lower or all upper case.',
  specifiedByURL: 'https://eips.ethereum.org/EIPS/eip-55',
  serialize: (value) => value as Address,
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): Address {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address !== undefined) return address;
  throw new GraphQLError('That is not an address: 0x, 40 hexadecimal digits, EIP-55 checksum.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
