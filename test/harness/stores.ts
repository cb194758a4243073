import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type StoreName = 'Redis' | 'embedded' | 'Redis Cluster';

export const EVERY_STORE: readonly StoreName[] = ['Redis', 'embedded'];

/** Besides, the ways to run Redis. A cluster takes some seconds to start: one for each file that needs it. */
export const EVERY_DEPLOYMENT: readonly StoreName[] = [...EVERY_STORE, 'Redis Cluster'];

/** The URL of the Redis that was started for this run of the tests. */
export function redisUrl(): string {
  const url = process.env['TEST_REDIS_URL'];
  if (url === undefined) throw new Error('The global set-up did not start a Redis.');
  return url;
}

/**
 * Milliseconds that a test lets Redis take, where it is not about that: the machine of the tests may be a busy
 * one.
 */
export const PATIENT_TIMEOUT = 30_000;

/** A prefix that no other test uses. */
export function ownPrefix(): string {
  return `test-${randomUUID().slice(0, 8)}`;
}

/** A directory that is gone again when `remove` was called. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'wallet-sessions-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
