import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { requiredCommands } from '../../src/stores/redis/rights.js';
import { scripts } from '../../src/stores/redis/scripts/generated/scripts.js';
import { aCertificateAuthority, type TestAuthority } from '../harness/certificates.js';
import { runCommand } from '../harness/command-line.js';
import { diagnose, SOUND } from '../harness/diagnose.js';
import { freePort } from '../harness/free-port.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

/** Runs the doctor on a new Redis server with these arguments. */
async function diagnoseRedis(
  args: readonly string[],
  environment: Record<string, string> = {},
  prepare: (admin: Redis) => Promise<unknown> = () => Promise.resolve(),
  urlOf: (port: number) => string = (port) => `redis://127.0.0.1:${port}`,
) {
  const server = await startRedisServer({ args });
  const admin = new Redis(server.url);
  try {
    await prepare(admin);
    return await diagnose({ ...SOUND, REDIS_URL: urlOf(server.port), ...environment });
  } finally {
    admin.disconnect();
    await server.stop();
  }
}

const DURABLE = ['--appendonly', 'yes'];

describe('the doctor', () => {
  it('reports no problem for a sound production setup and leaves no keys behind', async () => {
    const server = await startRedisServer({ args: DURABLE });
    const admin = new Redis(server.url);
    const found = await diagnose({ ...SOUND, REDIS_URL: server.url });
    const left = (await admin.keys('*')).filter((name) => !name.startsWith('ws:beacon:'));
    admin.disconnect();
    await server.stop();
    expect(found).toMatchObject({ warnings: [], problems: [] });
    expect(found.ok).toEqual(
      expect.arrayContaining([
        'version',
        'memory',
        'persistence',
        'clock',
        'permissions',
        'near-cache',
      ]),
    );
    expect(left).toEqual([]);
  });

  it('reports an eviction policy that deletes sessions, and REDIS_REVOCATION_REPLICAS without replicas', async () => {
    const found = await diagnoseRedis(
      [...DURABLE, '--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'],
      { REDIS_REVOCATION_REPLICAS: '1' },
    );
    expect(found.problems).toEqual(['memory', 'replication']);
  });

  it('warns which data a crash of Redis loses', async () => {
    const [nothing, snapshots] = [
      await diagnoseRedis([]),
      await diagnoseRedis(['--save', '3600 1']),
    ];
    expect([nothing.warnings, snapshots.warnings]).toEqual([['persistence'], ['persistence']]);
    expect(nothing.stdout).toContain('a restart loses every session');
    expect(snapshots.stdout).toContain(
      'a crash brings back sessions that were revoked since the last one',
    );
  });

  it('reports a replica in place of the master', async () => {
    const found = await diagnoseRedis([...DURABLE, '--replicaof', '127.0.0.1', '1']);
    expect(found.problems).toContain('replication');
  });

  it('reports a cluster node configured as a single server and a cluster without slots', async () => {
    const args = [...DURABLE, '--cluster-enabled', 'yes'];
    expect((await diagnoseRedis(args)).problems).toEqual(['cluster']);
    const configured = await diagnoseRedis(args, { REDIS_CLUSTER: 'true' });
    expect(configured.problems).toEqual(['connection']);
  });

  it('tests the right to run every command that a Lua script calls', () => {
    const names = { text: 't', zset: 'z', stream: 's', list: 'l', hash: 'h', hyperLogLog: 'p' };
    const tried = new Set(requiredCommands(names).map(([command]) => command));
    const called = Object.values(scripts).flatMap((lua) =>
      Array.from(lua.matchAll(/redis\.call\('(\w+)'/g), ([, command = '']) => command),
    );
    expect(called.length).toBeGreaterThan(20);
    expect(called.filter((command) => !tried.has(command))).toEqual([]);
  });

  it('names the Redis commands that the ACL forbids and the rule that would allow them', async () => {
    const found = await diagnoseRedis(
      DURABLE,
      {},
      (admin) =>
        admin.call(
          'ACL',
          'SETUSER',
          'app',
          'on',
          '>word',
          '~ws:*',
          '&*',
          '+@all',
          '-getdel',
          '-client',
        ),
      (port) => `redis://app:word@127.0.0.1:${port}`,
    );
    expect(found.problems).toEqual(['permissions']);
    expect(found.warnings).toEqual(['near-cache']);
    expect(found.stdout).toContain('may not run GETDEL, CLIENT SETNAME, CLIENT ID');
    expect(found.stdout).toContain('ACL SETUSER app');
    expect(found.stdout).not.toContain('word@');
  });

  it('warns when the Redis user lacks the SCAN permission that keys rotate needs', async () => {
    const rules = ['on', '>word', '~ws:*', '&*', '+@all', '-scan'];
    const found = await diagnoseRedis(
      DURABLE,
      {},
      (admin) => admin.call('ACL', 'SETUSER', 'app', ...rules),
      (port) => `redis://app:word@127.0.0.1:${port}`,
    );
    expect(found).toMatchObject({ problems: [], warnings: ['permission to scan'] });
  });

  it('warns when the service listens on a network and ALLOWED_HOSTS is not set', async () => {
    const directory = await temporaryDirectory();
    const environment = { ...SOUND, DATA_DIRECTORY: directory.path, HOST: '0.0.0.0' };
    const found = await diagnose(environment);
    expect(found.warnings).toContain('hosts');
    for (const hosts of ['auth.example.com', '*']) {
      const set = await diagnose({ ...environment, ALLOWED_HOSTS: hosts });
      expect(set.ok).toContain('hosts');
    }
    await directory.remove();
  });

  it('warns of an unencrypted connection to Redis on another host', async () => {
    const found = await diagnoseRedis(DURABLE, {}, undefined, (port) => `redis://0.0.0.0:${port}`);
    expect(found.warnings).toEqual(['encryption']);
  });

  it('accepts a TLS connection to Redis only when its certificate is issued by the trusted authority', async () => {
    const directory = await temporaryDirectory();
    const own = await aCertificateAuthority(directory.path, 'own');
    const another = await aCertificateAuthority(directory.path, 'another');
    const { certificateFile, keyFile } = await own.issue('IP:127.0.0.1');
    const port = await freePort();
    const server = await startRedisServer({
      port,
      args: [
        ...[...DURABLE, '--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile],
        ...['--tls-ca-cert-file', own.certificateFile],
      ],
    });
    const found = (authority: TestAuthority) =>
      diagnose({
        ...SOUND,
        REDIS_URL: `rediss://127.0.0.1:${port}`,
        REDIS_TLS_CA_FILE: authority.certificateFile,
      });
    const [trusted, untrusted] = [await found(own), await found(another)];
    await server.stop();
    await directory.remove();
    expect(trusted).toMatchObject({ warnings: [], problems: [] });
    expect(trusted.ok).toContain('encryption');
    expect(untrusted.problems).toEqual(['connection']);
  });

  it('reports that Redis cannot be reached, with the cause', async () => {
    const found = await diagnose({ ...SOUND, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(found.problems).toEqual(['connection']);
    expect(found.stdout).toContain('ECONNREFUSED');
  });

  it('reports a sign-in origin without TLS and a generated key', async () => {
    const open = await diagnoseRedis(DURABLE, { SIGN_IN_ORIGINS: 'http://app.example.com' });
    expect(open.problems).toEqual(['origins']);
    const keyless = await diagnoseRedis(DURABLE, { SESSION_KEYS: '', NODE_ENV: 'development' });
    expect(keyless.problems).toEqual(['keys']);
  });

  it('names every invalid variable in the report of the doctor', async () => {
    const found = await diagnose({ NODE_ENV: 'production', PORT: 'x' });
    expect(found.problems).toEqual(['configuration', 'configuration']);
    expect(found.stdout).toContain('SESSION_KEYS must be set in production');
  });

  it('checks the embedded store, even while the service has it open', async () => {
    const directory = await temporaryDirectory();
    const environment = { ...SOUND, DATA_DIRECTORY: directory.path };
    expect(await diagnose(environment)).toMatchObject({ warnings: [], problems: [] });
    const service = await startServiceProcess(environment);
    const beside = await diagnose(environment);
    expect(beside).toMatchObject({ warnings: [], problems: [] });
    expect(beside.stdout).toContain(`is open in another process (${service.pid})`);
    await service.stop();
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    expect((await diagnose({ ...SOUND, DATA_DIRECTORY: file })).problems).toEqual(['directory']);
    await directory.remove();
  });

  it('prints a readable report of the doctor without colours when the output is not a terminal', async () => {
    const { code, stdout } = await runCommand(['doctor'], {
      ...SOUND,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem {2}connection: Redis cannot be reached/m);
    expect(stdout).toContain('→ Check REDIS_URL');
    expect(stdout).toContain('1 problem, 0 warnings.');
    expect(stdout).not.toContain('\u001b');
  });
});
