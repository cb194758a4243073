import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  installPacked,
  manifest,
  MODULE_SETTINGS,
  type PackedPackage,
} from '../harness/packed-package.js';
import { startTestService, type TestService } from '../harness/service.js';

describe('the published package wallet-sessions-client', () => {
  let project: PackedPackage;
  let service: TestService;
  let alone: Pick<PackedPackage, 'installed' | 'megabytes'>;

  beforeAll(async () => {
    service = await startTestService('embedded');
    project = await installPacked('client', 'test/packaging/consumers/client');
    alone = { installed: project.installed, megabytes: project.megabytes };
    await project.addBeside(['ethers', 'react', '@types/react', '@types/node']);
  }, 300_000);
  afterAll(() => Promise.all([project.remove(), service.stop()]));

  it('installs wallet-sessions-client as one package of less than one megabyte', () => {
    expect(alone.installed).toEqual(['wallet-sessions-client']);
    expect(alone.megabytes).toBeLessThan(1);
  });

  it('signs in, lists sessions and logs out with wallet-sessions-client in ECMAScript modules', async () => {
    expect(await project.resultOf('module.mjs', service.url)).toEqual({
      signedIn: true,
      sessions: 1,
      status: 'signed-out',
      hooks: 'function',
    });
  });

  it('signs in with wallet-sessions-client in CommonJS, which shares its implementation with ECMAScript modules', async () => {
    expect(await project.resultOf('commonjs.cjs', service.url)).toEqual({
      signedIn: true,
      hooks: 'function',
      oneImplementation: true,
    });
  });

  it.each(MODULE_SETTINGS)(
    'provides the types of wallet-sessions-client for %s with module %s, resolved as %s',
    (file, module, resolution) => {
      expect(project.typeErrors(file, module, resolution)).toEqual([]);
    },
  );

  it('passes publint with wallet-sessions-client', async () => {
    expect(await project.publint()).toContain('All good!');
  });

  it('passes arethetypeswrong with every entry point of wallet-sessions-client', async () => {
    expect(await project.attw()).toContain('No problems found');
  });

  it('packs the build, documents, README and license of wallet-sessions-client and nothing else', async () => {
    const paths = await project.files();
    const folders = new Set(paths.map((path) => path.split('/')[0]));
    expect([...folders].sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'persisted-documents.json',
    ]);
    expect(paths.join('\n')).not.toContain('.tsbuildinfo');
    // A relative link of the README would lead out of the package.
    expect(await readFile('client/README.md', 'utf8')).not.toMatch(/\]\((?!https:)/);
  });

  it('packs every file that the README of wallet-sessions-client links to', async () => {
    expect((await project.links()).dead).toEqual([]);
  });

  it('names the packed file of wallet-sessions-client in the README', async () => {
    expect(await readFile('README.md', 'utf8')).toContain(basename(project.tarball));
  });

  it('gives wallet-sessions-client the version of the service that it is tested with', async () => {
    expect((await manifest('client')).version).toBe((await manifest()).version);
  });
});
