import {
  extendSchema,
  GraphQLSchema,
  isObjectType,
  Kind,
  OperationTypeNode,
  parse,
  printSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
} from 'graphql';
import { createResolversMap } from 'type-graphql';
import { readOptionsOf, withDefault, type OptionsOf } from '../options.js';
import { boolean } from '../setting-types.js';
import { ADD_SETTINGS, addRenamed } from './add-to-schema.js';
import { buildWalletSessionsSchema } from './schema.js';
import type { SessionType } from './session-type.js';
import { resolveAccount, resolveSession } from './subgraph-entities.js';

export const SUBGRAPH_SETTINGS = {
  /**
   * Other names for fields and types of wallet sessions, as in `addWalletSessions`: `{ Account: 'WalletAccount' }`. Types
   * of the same name in several subgraphs are one type of the supergraph.
   */
  rename: ADD_SETTINGS.rename,
  /**
   * Whether the SDL links to the specification of Federation. Set it to false if another module of the same subgraph does,
   * and imports `@key` and `@shareable`.
   */
  link: withDefault(true, boolean),
};

/** Options of {@link walletSessionsSubgraph}. */
export type SubgraphOptions = OptionsOf<typeof SUBGRAPH_SETTINGS>;

/** A module of a subgraph, as `buildSubgraphSchema` of `@apollo/subgraph` takes it. */
export interface SubgraphModule {
  /** The SDL, with the directives of Federation 2. */
  readonly typeDefs: DocumentNode;
  /** The resolvers by type and field, with `__resolveReference` for entities. */
  readonly resolvers: SubgraphResolvers;
}

/** Resolvers by type and field, scalars by name. The type is that of `@apollo/subgraph`, which is not imported. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type SubgraphResolvers = Record<string, any>;

const FEDERATION = 'https://specs.apollo.dev/federation/v2.3';

/** The entity that other subgraphs extend with what they know of a wallet. */
const ACCOUNT = parse(`
  """
  The account of a wallet. Subgraphs can add fields to it, by its id.
  """
  type Account {
    "The CAIP-10 account id of the wallet."
    id: AccountId!
  }

  extend type Session {
    "The account of the wallet that signed in."
    account: Account!
  }
`);

/** Directives of types, by their original names. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  // An id alone finds sessions of the caller. Administrators also need the wallet, which says where the session is kept.
  Session: '@key(fields: "id") @key(fields: "id wallet")',
  Account: '@key(fields: "id")',
  PageInfo: '@shareable',
};

/**
 * Wallet sessions as a subgraph of an Apollo Federation 2 supergraph: the fields of `buildWalletSessionsSchema`, with the
 * entities `Session` and `Account`. Pass the result to `buildSubgraphSchema` of `@apollo/subgraph`, alone or with modules
 * of your own. The context is that of `createContextFunction`.
 *
 * A reference to a session resolves for its owner, as in the query `sessions`, and with its wallet for administrators with
 * a fresh signature. For everybody else it is null, as for a session that does not exist.
 * @throws TypeError for an unknown name in `rename`
 */
export function walletSessionsSubgraph(options: SubgraphOptions = {}): SubgraphModule {
  const { rename, link } = readOptionsOf('walletSessionsSubgraph', SUBGRAPH_SETTINGS, options);
  const nameOf = (name: string) => rename[name] ?? name;
  const entities = extendSchema(buildWalletSessionsSchema(), ACCOUNT);
  const session = entities.getType('Session');
  const account = isObjectType(session) ? session.getFields()['account'] : undefined;
  if (account !== undefined) account.resolve = ({ wallet }: SessionType) => ({ id: wallet });
  const schema = addRenamed(new GraphQLSchema({}), entities, rename);

  const resolvers: SubgraphResolvers = createResolversMap(schema);
  Object.assign(resolvers[nameOf('Session')] as object, { __resolveReference: resolveSession });
  Object.assign(resolvers[nameOf('Account')] as object, { __resolveReference: resolveAccount });

  const directives = new Map(
    Object.entries(DIRECTIVES).map(([name, text]) => [nameOf(name), directivesIn(text)]),
  );
  const roots = new Set(
    Object.values(OperationTypeNode).map((operation) => schema.getRootType(operation)?.name),
  );
  const own = parse(printSchema(schema)).definitions.map((definition): DefinitionNode => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
    const { description, ...type } = definition;
    // Other modules of the subgraph may have root types too.
    if (roots.has(type.name.value)) return { ...type, kind: Kind.OBJECT_TYPE_EXTENSION };
    return {
      ...type,
      ...(description && { description }),
      directives: directives.get(type.name.value) ?? [],
    };
  });
  return {
    typeDefs: { kind: Kind.DOCUMENT, definitions: [...(link ? linkToFederation() : []), ...own] },
    resolvers,
  };
}

function directivesIn(text: string): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Carrier ${text}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : [];
}

function linkToFederation(): readonly DefinitionNode[] {
  const link = `extend schema @link(url: "${FEDERATION}", import: ["@key", "@shareable"])`;
  return parse(link).definitions;
}
