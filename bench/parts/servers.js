import { fileURLToPath } from 'node:url';
import { SERVER_CORE } from '../system/cores.js';
import { startServer } from '../system/processes.js';
import { startRedis } from '../system/redis.js';

const pathOf = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/**
 * Starts all servers of a comparison, each with a Redis of its own, runs it, and stops them. They share
 * a core; those that are not asked do nothing.
 *
 * @param peers by name, `{ file, environment }`, or `{ start(redisUrl) }` for one that starts otherwise
 */
export async function withServers(peers, run) {
  const running = [];
  try {
    const servers = [];
    for (const [name, { file, environment, start }] of Object.entries(peers)) {
      const redis = await startRedis();
      running.push(redis);
      const server = await (start === undefined
        ? startServer(SERVER_CORE, pathOf(file), { REDIS_URL: redis.url, ...environment })
        : start(redis.url));
      running.push(server);
      servers.push({ name, server, redis });
    }
    return await run(servers);
  } finally {
    for (const each of running.reverse()) await each.stop();
  }
}
