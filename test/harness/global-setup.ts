import { createRequire } from 'node:module';
import type * as redisServer from './redis-server.js';

declare global {
  /** Passed from the global setup to the global teardown. */
  var redisOfThisRun: redisServer.RedisServer | undefined;
}

// Jest loads this file with the resolution of Node.js, which does not map '.js' to '.ts'.
const load = createRequire(import.meta.url);
const { startRedisServer } = load('./redis-server.ts') as typeof redisServer;

/** Starts one Redis for the whole run. The workers inherit its URL. */
export default async function globalSetup(): Promise<void> {
  globalThis.redisOfThisRun = await startRedisServer();
  process.env['TEST_REDIS_URL'] = globalThis.redisOfThisRun.url;
}
