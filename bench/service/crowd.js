import { startRedis } from '../system/redis.js';
import { SERVER_CORE } from '../system/cores.js';
import { openServices } from './open.js';

const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };

/**
 * The wallet with so many sessions, on a Redis of its own: at an instance, at one that keeps no session in
 * memory, and at one whose limit is that number.
 */
export async function openCrowd(wallet, count) {
  const redis = await startRedis(SERVER_CORE);
  const opened = [];
  const open = async (environment) => {
    const quiet = { SESSION_LAST_SEEN_INTERVAL: '1d', ...environment };
    const services = await openServices(redis.url, quiet);
    opened.push(services);
    return services;
  };
  const here = await open({ SESSION_LIMIT: '0' });
  const crowd = {
    count,
    redis,
    here,
    forgetful: await open({ NEAR_CACHE_BOUND: '0' }),
    full: await open({ SESSION_LIMIT: String(count) }),
    /** Adds as many sessions as the wallet should have, or so many; what is measured next waits for nothing of that. */
    async add(more = count) {
      const grants = await Promise.all(
        Array.from({ length: more }, () =>
          here.sessions.create({ wallet: wallet.account, chainId: 'eip155:1' }, SOURCE),
        ),
      );
      await here.auditLog.flush();
      return grants;
    },
    async stop() {
      for (const services of opened) await services.close();
      await redis.stop();
    },
  };
  crowd.grants = await crowd.add();
  return crowd;
}
