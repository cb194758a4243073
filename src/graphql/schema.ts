import 'reflect-metadata';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, buildTypeDefsAndResolversSync, type PubSub } from 'type-graphql';
import { AdministrationResolver } from './administration-resolver.js';
import { AuditResolver } from './audit-resolver.js';
import { requireSession } from './authorization.js';
import { RevocationResolver } from './revocation-resolver.js';
import { SessionResolver } from './session-resolver.js';
import { SignInResolver } from './sign-in-resolver.js';

/** The resolvers, for an application that builds a schema with its own beside them. */
export const walletSessionsResolvers = [
  SignInResolver,
  SessionResolver,
  RevocationResolver,
  AuditResolver,
  AdministrationResolver,
] as const;

/** The schema of the service. It has no state: services and session come with the context. */
export function buildWalletSessionsSchema(): GraphQLSchema {
  const schema = buildSchemaSync(buildOptions());
  // type-graphql has no place for the descriptions of the root types.
  for (const operation of Object.values(OperationTypeNode)) {
    const type = schema.getRootType(operation);
    if (type) type.description = ROOT_DESCRIPTIONS[operation];
  }
  return schema;
}

/**
 * The same as SDL and a map of resolvers, for a schema that is made SDL first: give both to
 * `makeExecutableSchema` or Apollo Server, beside the application's own.
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
  query: 'What a wallet can see: its current session and all of its active sessions.',
  mutation: 'Signing in with a wallet, refreshing a session and ending sessions.',
  subscription: 'What a wallet can listen to, over WebSocket (graphql-transport-ws).',
};

/** type-graphql asks for one wherever there is a subscription; ours brings its own stream. */
export const unusedPubSub: PubSub = {
  publish: () => {
    throw new TypeError('Revocations are published by the store.');
  },
  subscribe: () => {
    throw new TypeError('Revocations are watched through the session lifecycle.');
  },
};
