/** `wallet-sessions/redis`: the store for any number of instances. */
export { openRedisStore } from './open.js';
export type {
  ApplicationClient,
  RedisStoreOnClientOptions,
  RedisStoreOptions,
} from './settings.js';
