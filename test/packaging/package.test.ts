import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../harness/stores.js';

const run = promisify(execFile);
const bin = (name: string) => resolve('node_modules/.bin', name);

/** The package as `npm publish` would send it, installed in a project that has nothing else. */
describe('the published package', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let tarball: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const inProject = { cwd: directory.path };
    // Without the build before it, which would replace what other tests run on.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory.path];
    const { stdout } = await run('npm', pack);
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    tarball = join(directory.path, packed.filename);
    await cp('test/packaging/consumers', directory.path, { recursive: true });
    await run('npm', ['init', '--yes'], inProject);
    const quickly = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    const beside = await withVersions(['ethers', 'express', '@types/express', '@types/node']);
    await run('npm', ['install', ...quickly, tarball, ...beside], inProject);
  }, 300_000);
  afterAll(() => directory.remove());

  const did = {
    signedIn: true,
    refusal: 'REFRESH_TOKEN_INVALID',
    middleware: 'function',
    signInMutation: true,
    redis: 'function',
  };

  it('works for an application in ECMAScript modules', async () => {
    expect(await outputOf('module.mjs')).toEqual(did);
  });

  it('works for an application in CommonJS, which gets the very same implementation', async () => {
    expect(await outputOf('commonjs.cjs')).toEqual({ ...did, oneImplementation: true });
  });

  it('loads GraphQL for those alone who import it', async () => {
    expect(await outputOf('without-graphql.mjs')).toEqual({ without: false, with: true });
  });

  it('brings its command line', async () => {
    expect(await reportOf('npx', '--no-install', 'wallet-sessions', '--help')).toContain('doctor');
    const key = await reportOf('npx', '--no-install', 'wallet-sessions', 'keys', 'generate');
    expect(key).toMatch(/^[\w-]+:[A-Za-z0-9+/]{43}=\n$/);
  });

  it.each([
    ['types.mts', 'nodenext', 'nodenext'],
    ['types.cts', 'node16', 'node16'],
    ['types.cts', 'commonjs', 'node10'],
  ])('has types for %s with module %s, resolved as %s', async (file, module, resolution) => {
    const options = ['--strict', '--noEmit', '--target', 'es2023', '--ignoreDeprecations', '6.0'];
    const resolved = ['--module', module, '--moduleResolution', resolution];
    const tsc = [bin('tsc'), ...options, ...resolved, '--types', 'node', file];
    const errors = (await reportOf(process.execPath, ...tsc)).split('\n').filter(Boolean);
    // type-graphql's own declarations ask for class-validator, which it does not need.
    const ours = errors.filter((line) => !line.startsWith('node_modules/type-graphql/'));
    expect(ours).toEqual([]);
  });

  it('is packaged as publint asks', async () => {
    expect(await reportOf(bin('publint'), '--strict', tarball)).toContain('All good!');
  });

  it('resolves as arethetypeswrong asks, however it is imported', async () => {
    expect(await reportOf(bin('attw'), tarball)).toContain('No problems found');
  });

  it('holds what runs and what describes it, the pages that its messages name too, and no sources, tests or build state', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const paths = stdout.trim().split('\n');
    const folders = new Set(paths.map((path) => path.split('/')[1]));
    const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];
    const others = ['dist', 'docs', 'examples', 'schema'];
    expect([...folders].sort()).toEqual([...files, ...others].sort());
    expect(paths).toContain('package/dist/pages/sessions/index.html');
    expect(stdout).not.toContain('.tsbuildinfo');
  });

  it('is the file that the README installs', async () => {
    expect(await readFile('README.md', 'utf8')).toContain(`/${basename(tarball)}\n`);
  });

  it('is built before it is packed, as it is for these tests', async () => {
    const { scripts } = await manifest();
    expect(scripts['prepack']).toMatch(/build/);
    expect(scripts['prepack']).toBe(scripts['pretest']);
  });

  async function outputOf(file: string): Promise<unknown> {
    return JSON.parse(await reportOf(process.execPath, file)) as unknown;
  }

  /** All that a command says; what it said, too, where it fails. */
  async function reportOf(command: string, ...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(command, args, { cwd: directory.path }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return stdout + stderr;
  }
});

/** The packages with the versions that this project itself is tested with. */
async function withVersions(names: readonly string[]): Promise<string[]> {
  const { devDependencies } = await manifest();
  return names.map((name) => `${name}@${devDependencies[name] ?? ''}`);
}

async function manifest() {
  return JSON.parse(await readFile('package.json', 'utf8')) as Record<
    'devDependencies' | 'scripts',
    Record<string, string>
  >;
}
