import { createRequire } from 'node:module';
import type * as redisServer from './redis-server.js';

declare global {
  /** Handed from the global set-up to the global teardown. */
  var redisOfThisRun: redisServer.RedisServer | undefined;
}

// Jest loads this file with Node's own resolution, which knows no '.js' that stands for a '.ts'.
const load = createRequire(import.meta.url);
const { startRedisServer } = load('./redis-server.ts') as typeof redisServer;

/** Starts one Redis for the whole run; the workers inherit its URL. */
export default async function globalSetup(): Promise<void> {
  globalThis.redisOfThisRun = await startRedisServer();
  process.env['TEST_REDIS_URL'] = globalThis.redisOfThisRun.url;
}
