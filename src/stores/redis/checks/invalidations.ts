import { setTimeout as pause } from 'node:timers/promises';
import { ok, warning, type CheckResult } from '../../../check-result.js';
import type { RedisClient } from '../connection/client.js';
import type { RedisConnector } from '../connection/connector.js';
import type { RedisKeys } from '../keys.js';
import { trackReads } from '../invalidations/index.js';

const INTERVAL = 20;

/** Whether Redis's word of what changed comes through, without which no session is kept in memory. */
export async function examineInvalidations(
  client: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  { bound, timeout }: { readonly bound: number; readonly timeout: number },
): Promise<CheckResult> {
  if (bound === 0) return ok('near-cache', 'NEAR_CACHE_BOUND is 0: every validation asks Redis.');
  const tracked = trackReads({
    commands: client,
    connector,
    keys,
    bound,
    tell: () => undefined,
    onError: () => undefined,
  });
  try {
    const giveUpAt = performance.now() + timeout;
    while (!tracked.upToDate() && performance.now() < giveUpAt) await pause(INTERVAL);
    if (tracked.upToDate())
      return ok('near-cache', 'CLIENT TRACKING works: sessions are kept in memory.');
  } finally {
    tracked.stop();
  }
  return warning(
    'near-cache',
    'Redis does not tell of changes (CLIENT TRACKING): every validation asks it.',
    'Allow the user CLIENT ID, TRACKING and CACHING, and SUBSCRIBE to __redis__:invalidate.',
  );
}
