import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startRedis } from './redis.js';

const run = promisify(execFile);
const MASTERS = 3;

/** A Redis Cluster of masters alone, which keeps nothing on disk. */
export async function startCluster(core) {
  const nodes = [];
  const stop = async () => {
    for (const node of nodes) await node.stop();
  };
  try {
    while (nodes.length < MASTERS) nodes.push(await startRedis(core, ['--cluster-enabled', 'yes']));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: nodes.map(({ url }) => url).join(','),
    /** How many commands its nodes have run so far, as of one server. */
    async commands(names) {
      const counts = await Promise.all(nodes.map((node) => node.commands(names)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    stop,
  };
}
