/** `wallet-sessions/websocket`: GraphQL operations and subscriptions over WebSocket on an application's server. */
export { DEFAULT_DOCUMENT_RATE } from '../graphql/document-limits.js';
export { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits } from '../graphql/document-limits.js';
export { DEFAULT_SOCKET_LIMITS, type SocketLimits } from './socket-limits.js';
export {
  serveSubscriptions,
  type SubscriptionServer,
  type SubscriptionsOptions,
} from './subscriptions.js';
