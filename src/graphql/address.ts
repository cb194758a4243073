import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { Address } from '../accounts/wallet.js';
import { parseAddress } from '../accounts/address.js';

/** Always serialized with the EIP-55 checksum; parsed with a checksum, in lower case or in upper case. */
export const AddressScalar = new GraphQLScalarType<Address, Address>({
  name: 'Address',
  description:
    'The address of an account on an EVM chain: `0x` and 40 hexadecimal digits. Results have the mixed-case ' +
    'checksum of EIP-55; arguments may also be all lower case or all upper case.',
  specifiedByURL: 'https://eips.ethereum.org/EIPS/eip-55',
  serialize: (value) => value as Address,
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): Address {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address !== undefined) return address;
  throw new GraphQLError(
    'Invalid address: expected 0x and 40 hexadecimal digits with an EIP-55 checksum.',
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}
