import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type StoreName = 'Redis' | 'embedded' | 'Redis Cluster';

export const EVERY_STORE: readonly StoreName[] = ['Redis', 'embedded'];

/** Every store and every way to run Redis. A cluster takes seconds to start, so each file starts at most one. */
export const EVERY_DEPLOYMENT: readonly StoreName[] = [...EVERY_STORE, 'Redis Cluster'];

/** The URL of the Redis of this test run. */
export function redisUrl(): string {
  const url = process.env['TEST_REDIS_URL'];
  if (url === undefined) throw new Error('The global setup did not start a Redis.');
  return url;
}

/**
 * A command timeout in milliseconds for tests that are not about timeouts. It is long enough for a busy machine.
 */
export const PATIENT_TIMEOUT = 30_000;

/** A new key prefix. */
export function ownPrefix(): string {
  return `test-${randomUUID().slice(0, 8)}`;
}

/** A new directory, which `remove` deletes. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'wallet-sessions-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
