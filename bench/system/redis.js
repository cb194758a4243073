import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOAD_CORE } from './cores.js';
import { freePort, startProgram } from './processes.js';

/** A Redis of its own, which keeps nothing on disk, on the core of the load unless told otherwise. */
export async function startRedis(core = LOAD_CORE, settings = []) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const listen = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const keepNothing = ['--save', '', '--appendonly', 'no'];
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  const server = await startProgram(
    core,
    'redis-server',
    [...listen, ...keepNothing, ...settings],
    {},
    async () => {
      if (client.status !== 'ready') await client.connect();
      return (await client.ping()) === 'PONG';
    },
  );
  return {
    ...server,
    url,
    port,
    client,
    /** How many commands it has run so far, those in scripts included: all, or those of some names. */
    async commands(names) {
      const stats = await client.info('commandstats');
      const calls = [...stats.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)];
      const isCounted = (name) => names?.includes(name) ?? name !== 'info';
      return calls.reduce((sum, [, name, count]) => sum + (isCounted(name) ? Number(count) : 0), 0);
    },
    async stop() {
      client.disconnect();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
