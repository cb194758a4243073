import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import {
  parseAccountId,
  parseChainId,
  type AccountId,
  type ChainId,
} from '../accounts/account-id.js';

/** Serialized in canonical form, and parsed as {@link parseAccountId} does. */
export const AccountIdScalar = scalar<AccountId>({
  name: 'AccountId',
  description:
    'The CAIP-10 account id of a wallet. An externally owned account (EOA) is the same wallet on every chain: ' +
    '`eip155:0:0x…` (CAIP-69). A contract is a wallet on one chain only: `eip155:10:0x…`. A Solana account is a wallet in one cluster only: ' +
    '`solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…`. Results are canonical, so they can be compared; Ethereum addresses ' +
    'have the checksum of EIP-55. Arguments may also have them in one case, and may name a cluster: `solana:mainnet:…`.',
  specifiedByURL: 'https://standards.chainagnostic.org/CAIPs/caip-10',
  parse: parseAccountId,
  expected: 'Invalid account id: expected CAIP-10, such as eip155:1:0x… with the EIP-55 checksum.',
});

/** Serialized in canonical form, and parsed as {@link parseChainId} does. */
export const ChainIdScalar = scalar<ChainId>({
  name: 'ChainId',
  description:
    'The CAIP-2 id of a chain: `eip155:8453`, `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp`. Arguments may also name a ' +
    'Solana cluster: `solana:mainnet`.',
  specifiedByURL: 'https://standards.chainagnostic.org/CAIPs/caip-2',
  parse: parseChainId,
  expected: 'Invalid chain id: expected CAIP-2, such as eip155:1.',
});

interface NameScalar<Name> {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL: string;
  readonly parse: (text: string) => Name | undefined;
  readonly expected: string;
}

function scalar<Name>({ parse, expected, ...config }: NameScalar<Name>) {
  const read = (value: unknown): Name => {
    const name = typeof value === 'string' ? parse(value) : undefined;
    if (name !== undefined) return name;
    throw new GraphQLError(expected, { extensions: { code: 'BAD_USER_INPUT' } });
  };
  return new GraphQLScalarType<Name, Name>({
    ...config,
    serialize: (value) => value as Name,
    parseValue: read,
    parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}
