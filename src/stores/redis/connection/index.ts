/** The way to Redis: clients of a server, a cluster or sentinels, reads of keys, and errors of outages. */
export {
  batchWrites,
  connect,
  keepStringMethodsFast,
  slotOwner,
  type RedisClient,
} from './client.js';
export { createRedisConnector, type RedisConnector } from './connector.js';
export { isWrongType, rethrowAsUnavailable } from './outages.js';
export { createBatchedRead, createRead, readString, type Read, type ReadMany } from './reads.js';
