/** `wallet-sessions/graphql`: the schema's pieces, for an application's own GraphQL server. */
export { createContextFunction, type ContextSources } from './context.js';
export { keepPrivate } from './request-scope.js';
export { currentSession, requireSession } from './authorization.js';
export { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits } from './document-limits.js';
export { createDocumentRules, type DocumentRules } from './document-rules.js';
export type { DocumentStore } from './document-store.js';
export { freshlyAuthenticated, FreshAuthentication } from './authorization.js';
export { addWalletSessions, type AddWalletSessionsOptions } from './add-to-schema.js';
export { buildWalletSessionsSchema } from './schema.js';
export type { RequestContext, WalletSessionsContext, WalletSessionsServices } from './context.js';
