import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { startRedisServer, type RedisServer, type RedisServerOptions } from './redis-server.js';
import { temporaryDirectory } from './stores.js';

/** A Redis that a test can kill or freeze. It keeps its port and writes what it acknowledges to disk. */
export interface FrailRedis {
  readonly url: string;
  readonly port: number;
  start(
    options?: Omit<RedisServerOptions, 'port' | 'args'> & { readonly args?: readonly string[] },
  ): Promise<void>;
  kill(): Promise<void>;
  /** Suspends the process: connections stay open but are not answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Runs commands on a separate connection. */
  administer<Result>(act: (redis: Redis) => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

export async function aFrailRedis(): Promise<FrailRedis> {
  const port = await freePort();
  const directory = await temporaryDirectory();
  const persistence = ['--dir', directory.path, '--appendonly', 'yes', '--appendfsync', 'always'];
  const url = `redis://127.0.0.1:${port}`;
  let server: RedisServer | undefined;
  return {
    url,
    port,
    async start({ args = [], ...options } = {}) {
      server = await startRedisServer({ ...options, port, args: [...persistence, ...args] });
    },
    async kill() {
      server?.process.kill('SIGKILL');
      await server?.stop();
    },
    freeze() {
      server?.process.kill('SIGSTOP');
      return Promise.resolve();
    },
    thaw() {
      server?.process.kill('SIGCONT');
      return Promise.resolve();
    },
    async administer(act) {
      const redis = new Redis(url, { retryStrategy: null });
      try {
        return await act(redis);
      } finally {
        redis.disconnect();
      }
    },
    async remove() {
      await server?.stop();
      await directory.remove();
    },
  };
}
