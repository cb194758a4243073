import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';

const running: RedisServer[] = [];

async function aServer(...args: string[]): Promise<RedisServer> {
  const server = await startRedisServer({ args });
  running.push(server);
  return server;
}

async function withClient<Result>(
  { url }: RedisServer,
  use: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

const connectionTo = ({ port }: RedisServer) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve('connected');
    }).on('error', reject);
  });

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

describe('a Redis server started for a test', () => {
  it('starts a Redis server for a test on its own port', async () => {
    const server = await aServer();
    await withClient(server, async (client) => {
      expect(await client.ping()).toBe('PONG');
      expect(await client.info('server')).toContain(`tcp_port:${server.port}`);
      expect(await client.info('server')).toContain(`process_id:${server.pid}`);
    });
  });

  it('passes additional arguments to a Redis server for a test', async () => {
    const server = await aServer('--maxmemory', '64mb');
    const limit = await withClient(server, (client) => client.config('GET', 'maxmemory'));
    expect(limit).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
  });

  it('starts two Redis servers for tests that share no data', async () => {
    const [one, other] = await Promise.all([aServer(), aServer()]);
    await withClient(one, (client) => client.set('key', 'of one'));
    expect(await withClient(other, (client) => client.get('key'))).toBeNull();
    expect(await withClient(one, (client) => client.get('key'))).toBe('of one');
  });

  it('refuses connections to a Redis server for a test after it has stopped', async () => {
    const server = await aServer();
    await expect(connectionTo(server)).resolves.toBe('connected');
    await server.stop();
    await expect(connectionTo(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('stops a Redis server for a test that was already killed', async () => {
    const server = await aServer();
    server.process.kill('SIGKILL');
    await server.stop();
    await expect(connectionTo(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('reports why a Redis server for a test failed to start', async () => {
    await expect(startRedisServer({ args: ['--no-such-setting', '1'] })).rejects.toThrow(
      /did not start:[^]*no-such-setting/,
    );
  });
});
