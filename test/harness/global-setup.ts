import { createRequire } from 'node:module';
import type * as program from './program.js';
import type * as redisServer from './redis-server.js';

declare global {
  /** Passed from the global setup to the global teardown. */
  var redisOfThisRun: redisServer.RedisServer | undefined;
}

// Jest loads this file with the resolution of Node.js, which does not map '.js' to '.ts'.
const load = createRequire(import.meta.url);
const { bundleProgram } = load('./program.ts') as typeof program;
const { startRedisServer } = load('./redis-server.ts') as typeof redisServer;

/** Starts one Redis and bundles the program for the whole run. The workers inherit the URL and the path. */
export default async function globalSetup(): Promise<void> {
  const [redis, bundle] = await Promise.all([startRedisServer(), bundleProgram()]);
  globalThis.redisOfThisRun = redis;
  process.env['TEST_REDIS_URL'] = redis.url;
  if (bundle !== undefined) process.env['TEST_PROGRAM'] = bundle;
}
