/** `wallet-sessions/redis`: the store for any number of instances. */
export type { RedisAddress } from './connect.js';
export { openRedisStore, type RedisStoreOptions } from './open.js';
