/** `wallet-sessions/redis`: the store for any number of instances. */
export { openRedisStore, type RedisStoreOptions } from './open.js';
