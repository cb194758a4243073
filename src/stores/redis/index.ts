/** `wallet-sessions/redis`: the store for any number of instances. */
export { openRedisStore } from './open.js';
export type { RedisStoreOptions } from './settings.js';
