import 'reflect-metadata';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AdministrationResolver } from './administration-resolver.js';
import { AuditResolver } from './audit-resolver.js';
import { requireSession } from './authorization.js';
import { IdentityTokenResolver } from './identity-token-resolver.js';
import { RevocationResolver } from './revocation-resolver.js';
import { SessionResolver } from './session-resolver.js';
import { SignInResolver } from './sign-in-resolver.js';

/** Builds the schema of the service. It is stateless: services and session come from the context. */
export function buildWalletSessionsSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      SignInResolver,
      SessionResolver,
      RevocationResolver,
      IdentityTokenResolver,
      AuditResolver,
      AdministrationResolver,
    ],
    validate: false,
    pubSub: unusedPubSub,
    // Also if the application has fields with `@Authorized()`, which are not part of this schema.
    authChecker: requireSession,
  });
  // type-graphql cannot set the descriptions of root types.
  for (const operation of Object.values(OperationTypeNode)) {
    const type = schema.getRootType(operation);
    if (type) type.description = ROOT_DESCRIPTIONS[operation];
  }
  return schema;
}

const ROOT_DESCRIPTIONS: Record<OperationTypeNode, string> = {
  query: 'Reads sessions, audit events and statistics.',
  mutation: 'Signs in with a wallet, refreshes a session and logs out sessions.',
  subscription: 'Events, over WebSocket (graphql-transport-ws).',
};

/** type-graphql requires a PubSub for subscriptions; ours provides its own stream and never uses it. */
const unusedPubSub: PubSub = {
  publish: () => {
    throw new TypeError('Revocations are published by the store.');
  },
  subscribe: () => {
    throw new TypeError('Revocations are watched through the session lifecycle.');
  },
};
