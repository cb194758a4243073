/** Revocations on their way: the feed of watchers, and confirmations by replicas. */
export { createConfirmations, withConfirmations } from './confirmations.js';
export { createRedisRevocationFeed } from './revocation-feed.js';
