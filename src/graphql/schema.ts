import 'reflect-metadata';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, buildTypeDefsAndResolversSync, type PubSub } from 'type-graphql';
import { AdministrationResolver } from './administration-resolver.js';
import { AuditResolver } from './audit-resolver.js';
import { requireSession } from './authorization.js';
import { RevocationResolver } from './revocation-resolver.js';
import { SessionResolver } from './session-resolver.js';
import { SignInResolver } from './sign-in-resolver.js';

/** The resolvers, for an application that builds a schema from these and its own. */
export const walletSessionsResolvers = [
  SignInResolver,
  SessionResolver,
  RevocationResolver,
  AuditResolver,
  AdministrationResolver,
] as const;

/** Builds the schema of the service. It is stateless: services and session come from the context. */
export function buildWalletSessionsSchema(): GraphQLSchema {
  const schema = buildSchemaSync(buildOptions());
  // type-graphql cannot set the descriptions of root types.
  for (const operation of Object.values(OperationTypeNode)) {
    const type = schema.getRootType(operation);
    if (type) type.description = ROOT_DESCRIPTIONS[operation];
  }
  return schema;
}

/**
 * The schema as SDL and a resolver map, for SDL-first applications: pass both to
 * `makeExecutableSchema` or Apollo Server, with the application's own.
 */
export function walletSessionsTypeDefsAndResolvers() {
  return buildTypeDefsAndResolversSync(buildOptions());
}

function buildOptions() {
  return {
    resolvers: [...walletSessionsResolvers],
    authChecker: requireSession,
    validate: false,
    pubSub: unusedPubSub,
  } as const satisfies Parameters<typeof buildSchemaSync>[0];
}

const ROOT_DESCRIPTIONS: Record<OperationTypeNode, string> = {
  query: 'Reads sessions, audit events and statistics.',
  mutation: 'Signs in with a wallet, refreshes a session and ends sessions.',
  subscription: 'Events, over WebSocket (graphql-transport-ws).',
};

/** type-graphql requires a PubSub for subscriptions; ours provides its own stream and never uses it. */
export const unusedPubSub: PubSub = {
  publish: () => {
    throw new TypeError('Revocations are published by the store.');
  },
  subscribe: () => {
    throw new TypeError('Revocations are watched through the session lifecycle.');
  },
};
