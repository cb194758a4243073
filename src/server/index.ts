/** `wallet-sessions/websocket`: subscriptions and all other operations over WebSocket, on an application's server. */
export { serveSubscriptions, type SubscriptionsOptions } from './subscriptions.js';
