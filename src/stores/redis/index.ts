/** `wallet-sessions/redis`: the store for any number of instances. */
export type { RedisAddress } from './connection/index.js';
export { openRedisStore, type RedisStoreOptions } from './open.js';
