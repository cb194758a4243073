import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { ok, warning, type Finding } from '../../../finding.js';
import type { RedisClient, RedisConnector } from '../connect.js';
import { trackInvalidations } from '../invalidations.js';
import type { RedisKeys } from '../keys.js';

const INTERVAL = 20;

/** Whether Redis's word of what changed comes through, without which no session is kept in memory. */
export async function examineInvalidations(
  client: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  { bound, timeout }: { readonly bound: number; readonly timeout: number },
): Promise<Finding> {
  if (client instanceof Cluster) {
    return ok(
      'near-cache',
      'In a cluster every validation asks Redis: no sessions are kept in memory.',
    );
  }
  if (bound === 0) return ok('near-cache', 'NEAR_CACHE_BOUND is 0: every validation asks Redis.');
  const channel = connector.subscriber('wallet-sessions-doctor', { protocol: 2 });
  channel.on('error', () => undefined);
  const tracking = trackInvalidations({
    reads: client,
    channel,
    keys,
    bound,
    tell: () => undefined,
  });
  try {
    await channel.connect();
    const giveUpAt = performance.now() + timeout;
    while (!tracking.upToDate() && performance.now() < giveUpAt) await pause(INTERVAL);
    if (tracking.upToDate())
      return ok('near-cache', 'CLIENT TRACKING works: sessions are kept in memory.');
  } catch {
    // It is no worse than a word that does not come.
  } finally {
    tracking.stop();
    channel.disconnect();
  }
  return warning(
    'near-cache',
    'Redis does not tell of changes (CLIENT TRACKING): every validation asks it.',
    'Allow the user CLIENT ID, TRACKING and CACHING, and SUBSCRIBE to __redis__:invalidate.',
  );
}
