import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  installPacked,
  manifest,
  MODULE_SETTINGS,
  type PackedPackage,
} from '../harness/packed-package.js';

describe('the published package wallet-sessions', () => {
  let project: PackedPackage;

  beforeAll(async () => {
    project = await installPacked('.', 'test/packaging/consumers/server');
    await project.addBeside(['ethers', 'express', '@types/express', '@types/node']);
  }, 300_000);
  afterAll(() => project.remove());

  const did = {
    signedIn: true,
    refusal: 'REFRESH_TOKEN_INVALID',
    middleware: 'function',
    signInMutation: true,
    redis: 'function',
  };

  it('works for an application in ECMAScript modules', async () => {
    expect(await project.resultOf('module.mjs')).toEqual(did);
  });

  it('works for an application in CommonJS, which gets the very same implementation', async () => {
    expect(await project.resultOf('commonjs.cjs')).toEqual({ ...did, oneImplementation: true });
  });

  it('loads GraphQL only for applications that import wallet-sessions/graphql', async () => {
    expect(await project.resultOf('without-graphql.mjs')).toEqual({ without: false, with: true });
  });

  it('brings the wallet-sessions command', async () => {
    const command = ['--no-install', 'wallet-sessions'];
    expect(await project.outputOf('npx', ...command, '--help')).toContain('doctor');
    const key = await project.outputOf('npx', ...command, 'keys', 'generate');
    expect(key).toMatch(/^[\w-]+:[A-Za-z0-9+/]{43}=\n$/);
  });

  it.each(MODULE_SETTINGS)(
    'has types for %s with module %s, resolved as %s',
    async (file, module, resolution) => {
      expect(await project.typeErrors(file, module, resolution)).toEqual([]);
    },
  );

  it('passes publint', async () => {
    expect(await project.publint()).toContain('All good!');
  });

  it('passes arethetypeswrong for every way to import it', async () => {
    expect(await project.attw()).toContain('No problems found');
  });

  it('contains the build, the pages and the documentation, and no sources, tests or build state', async () => {
    const paths = await project.files();
    const folders = new Set(paths.map((path) => path.split('/')[0]));
    const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];
    const others = ['dist', 'docs', 'examples', 'schema'];
    expect([...folders].sort()).toEqual([...files, ...others].sort());
    expect(paths).toContain('dist/pages/sessions/index.html');
    expect(paths.join('\n')).not.toContain('.tsbuildinfo');
  });

  it('has the file name that the README tells the reader to install', async () => {
    expect(await readFile('README.md', 'utf8')).toContain(`/${basename(project.tarball)}\n`);
  });

  it('is built before it is packed, in the same way as for the tests', async () => {
    const { scripts } = await manifest();
    expect(scripts['prepack']).toMatch(/build/);
    expect(scripts['prepack']).toBe(scripts['pretest']);
  });
});
