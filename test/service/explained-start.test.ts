import { once } from 'node:events';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { runServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';

const ROOT = resolve(__dirname, '../..');

/** The level of fatal entries in the log. */
const FATAL = 60;

describe('a service that cannot start', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let file: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    file = join(directory.path, 'file');
    await writeFile(file, 'text');
  });
  afterEach(() => directory.remove());

  /** The line in which the service reports why it cannot start, and its exit code. */
  async function failure(environment: Record<string, string>) {
    const { exit, stdout, stderr } = await runServiceProcess({
      DATA_DIRECTORY: directory.path,
      ...environment,
    });
    expect(stdout + stderr).not.toMatch(/^\s+at |"stack"/m);
    const lines = (stdout === '' ? stderr : stdout).trimEnd().split('\n');
    const entries = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: number; msg: string });
    const fatal = entries.filter(({ level }) => level >= FATAL);
    expect(fatal.length).toBeLessThanOrEqual(1);
    if (fatal.length > 0) expect(entries.at(-1)).toEqual(fatal[0]);
    return { code: exit.code, message: entries.at(-1)?.msg ?? lines.at(-1) };
  }

  it.each<[string, () => Record<string, string>, number, RegExp]>([
    [
      'that HOST is not an address of this machine',
      () => ({ HOST: '192.0.2.1' }),
      78,
      /cannot listen on 192\.0\.2\.1 \(EADDRNOTAVAIL\)\. Set HOST to /,
    ],
    [
      'that DATA_DIRECTORY is a file',
      () => ({ DATA_DIRECTORY: file }),
      1,
      /The data directory .*file cannot be used: E.* set another DATA_DIRECTORY/,
    ],
    [
      'that REDIS_TLS_CA_FILE cannot be read',
      () => ({ REDIS_URL: 'rediss://127.0.0.1:1', REDIS_TLS_CA_FILE: `${file}.none` }),
      78,
      /REDIS_TLS_CA_FILE names .*none, which cannot be read \(ENOENT\)/,
    ],
    [
      'that TRUSTED_DOCUMENTS cannot be read',
      () => ({ TRUSTED_DOCUMENTS: `${file}.none` }),
      78,
      /TRUSTED_DOCUMENTS names .*none, which cannot be read \(ENOENT\)/,
    ],
    [
      'that TRUSTED_DOCUMENTS is not JSON',
      () => ({ TRUSTED_DOCUMENTS: file }),
      78,
      /TRUSTED_DOCUMENTS must name JSON files/,
    ],
    [
      'that DEVICE_BINDING is on without COOKIES',
      () => ({ DEVICE_BINDING: 'true' }),
      78,
      /DEVICE_BINDING needs COOKIES/,
    ],
    ['that PORT is not a port', () => ({ PORT: 'http' }), 78, /PORT .*must/],
  ])('refuses to start and reports in one line %s', async (_what, environment, code, message) => {
    expect(await failure(environment())).toEqual({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['PORT', 'METRICS_PORT'])(
    'refuses to start and reports in one line that %s is in use',
    async (name) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const { code, message } = await failure({ [name]: String(port) });
      taken.close();
      expect(code).toBe(1);
      expect(message).toContain(`Port ${port} of 127.0.0.1 is in use.`);
      expect(message).toContain(`set ${name} to another port`);
    },
  );

  describe('a missing package', () => {
    const PEERS = ['type-graphql', 'graphql', 'graphql-scalars'];

    /** Leaves out what Node.js does not read when it runs the program. */
    const isRun = (path: string) => !/\.(d\.ts|map)$|\/dist\/commonjs$/.test(path);

    /** Installs this package without one of the packages that it needs. */
    async function installWithout(peer: string): Promise<string> {
      const place = join(directory.path, peer);
      await mkdir(join(place, 'node_modules'), { recursive: true });
      await cp(join(ROOT, 'package.json'), join(place, 'package.json'));
      await cp(join(ROOT, 'dist'), join(place, 'dist'), { recursive: true, filter: isRun });
      for (const name of await readdir(join(ROOT, 'node_modules'))) {
        if (name === peer) continue;
        await symlink(join(ROOT, 'node_modules', name), join(place, 'node_modules', name));
      }
      return place;
    }

    const run = (place: string, ...args: string[]) =>
      new Promise<{ code: unknown; output: string }>((found) => {
        const { PATH = '' } = process.env;
        const env = { PATH, DATA_DIRECTORY: directory.path, PORT: '0' };
        execFile(process.execPath, args, { cwd: place, env }, (error, stdout, stderr) => {
          found({ code: error?.code ?? 0, output: stdout + stderr });
        });
      });

    it.each(PEERS)(
      'names the missing package %s and how to install it, at the start and in the doctor',
      async (peer) => {
        const place = await installWithout(peer);
        for (const command of [['dist/main.js'], ['dist/cli/index.js', 'serve']]) {
          const { code, output } = await run(place, ...command);
          expect(code).toBe(1);
          expect(output).toMatch(
            new RegExp(`^wallet-sessions: The package ${peer} is not installed`),
          );
          expect(output).toContain(`npm install "${peer}@`);
          expect(output.trimEnd().split('\n')).toHaveLength(1);
        }
        const { code, output } = await run(place, 'dist/cli/index.js', 'doctor');
        expect(code).toBe(1);
        expect(output).toContain(`${peer} is not installed`);
      },
    );
  });
});
