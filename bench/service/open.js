import { createCore } from '../../dist/core/create-core.js';
import { readConfig } from '../../dist/config/read.js';
import { systemClock } from '../../dist/clock.js';
import { openRedisStore } from '../../dist/stores/redis/open.js';
import { environmentFor } from './start.js';

/**
 * The domain in this process, on Redis: to make many sessions without the cost of signing in, and to
 * measure the library without a server. `now`: what its clock says, where that is not the machine's.
 */
export async function openServices(redisUrl, environment = {}, now = systemClock.now) {
  const config = readConfig({ ...environmentFor(redisUrl, 0), ...environment });
  const store = await openRedisStore({ ...config.redis });
  const services = createCore({
    store,
    keys: config.keys,
    sessions: config.sessions,
    signIn: { ...config.signIn, origins: config.origins },
    rateLimits: config.rateLimits,
    audit: () => undefined,
    report: console.error,
    clock: { ...systemClock, now },
    nearCacheSize: config.nearCacheSize,
  });
  return {
    ...services,
    async close() {
      await services.drain();
      await store.close();
    },
  };
}
