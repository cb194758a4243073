import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOAD_CORE } from './cores.js';
import { freePort, startProgram } from './processes.js';

/** The least that the log of slow commands holds (µs): what is in a script is mostly shorter, and would slow it down. */
const SLOW = 20;
/** More commands than are that slow while something is watched. */
const SLOW_LOG = 10_000;

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
    /** The longest time (ms) that one command or script took it while the act ran, by its own clock. */
    async longestDuring(act) {
      await client.slowlog('RESET');
      await client.config('SET', 'slowlog-log-slower-than', SLOW, 'slowlog-max-len', SLOW_LOG);
      await act();
      const entries = await client.slowlog('GET', SLOW_LOG);
      await client.config('SET', 'slowlog-log-slower-than', -1);
      const times = entries.map(([, , microseconds]) => microseconds);
      return Math.max(SLOW, ...times) / 1000;
    },
    async stop() {
      client.disconnect();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
