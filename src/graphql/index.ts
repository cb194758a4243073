/** `wallet-sessions/graphql`: the schema's pieces, for an application's own GraphQL server. */
export {
  createContextFunction,
  type ContextSources,
  type RequestContext,
  type WalletSessionsContext,
  type WalletSessionsServices,
} from './context.js';
export {
  keepPrivate,
  currentSession,
  requireSession,
  freshlyAuthenticated,
  FreshAuthentication,
} from './authorization.js';
export { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits } from './document-limits.js';
export { createDocumentRules, type DocumentRules, type DocumentStore } from './documents.js';
export { addWalletSessions, type AddWalletSessionsOptions } from './add-to-schema.js';
export { buildWalletSessionsSchema } from './schema.js';
export {
  walletSessionsSubgraph,
  type SubgraphModule,
  type SubgraphOptions,
  type SubgraphResolvers,
} from './subgraph.js';
