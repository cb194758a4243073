import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildClientSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { buildWalletSessionsSchema } from '../../src/graphql/schema.js';
import { signIn } from '../harness/api.js';
import { installPacked, manifest, type PackedPackage } from '../harness/packed-package.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { aWallet } from '../harness/wallet.js';

describe('the published package wallet-sessions-service', () => {
  let project: PackedPackage;
  let service: ServiceProcess;

  beforeAll(async () => {
    project = await installPacked('service');
    const program = join(project.directory, 'node_modules/wallet-sessions-service/dist/program');
    const data = join(project.directory, 'data');
    service = await startServiceProcess({ DATA_DIRECTORY: data }, join(program, 'main.js'));
  }, 300_000);
  afterAll(async () => {
    await service.stop();
    await project.remove();
  });

  it('installs the wallet-sessions command with wallet-sessions-service', async () => {
    const command = ['--no-install', 'wallet-sessions'];
    expect(await project.outputOf('npx', ...command, '--help')).toContain('doctor');
    const key = await project.outputOf('npx', ...command, 'keys', 'generate');
    expect(key).toMatch(/^[\w-]+:[A-Za-z0-9+/]{43}=\n$/);
    const { version } = await manifest('service');
    expect(await project.outputOf('npx', ...command, '--version')).toBe(`${version}\n`);
  });

  it('signs a wallet in with the packed service', async () => {
    const { session } = await signIn(service.url, aWallet());
    expect(session.current).toBe(true);
  });

  it('serves the schema of the repository with the packed service', async () => {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: getIntrospectionQuery({ specifiedByUrl: true }) }),
    });
    const { data } = (await response.json()) as { data: IntrospectionQuery };
    const print = (schema: Parameters<typeof printSchema>[0]) =>
      printSchema(lexicographicSortSchema(schema));
    expect(print(buildClientSchema(data))).toBe(print(buildWalletSessionsSchema()));
  });

  it('serves the sessions page with the packed service', async () => {
    const response = await fetch(new URL('/sessions', service.url), {
      headers: { accept: 'text/html' },
    });
    expect(await response.text()).toContain('<html');
  });

  it('packs the program and the pages of wallet-sessions-service, and no sources or tests', async () => {
    const folders = new Set((await project.files()).map((path) => path.split('/')[0]));
    expect([...folders].sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  it('packs every file that the README of wallet-sessions-service links to', async () => {
    expect((await project.links()).dead).toEqual([]);
  });

  it('names the packed file of wallet-sessions-service in the README', async () => {
    expect(await readFile('README.md', 'utf8')).toContain(basename(project.tarball));
  });

  it('gives wallet-sessions-service the version of the library', async () => {
    const [library, service] = await Promise.all([manifest(), manifest('service')]);
    expect(service.version).toBe(library.version);
  });

  it('installs with wallet-sessions-service only what its bundle cannot contain, in the versions that are tested', async () => {
    const [library, service] = await Promise.all([manifest(), manifest('service')]);
    expect(Object.keys(service.dependencies)).toEqual([
      '@opentelemetry/api',
      'hash-wasm',
      'lmdb',
      'pino',
    ]);
    expect({ ...library.devDependencies, ...library.dependencies }).toMatchObject(
      service.dependencies,
    );
  });

  it('packs the licenses of the packages in the bundle of wallet-sessions-service', async () => {
    const installed = join(project.directory, 'node_modules/wallet-sessions-service');
    const licenses = await readFile(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['graphql', '@apollo/server', 'ioredis']) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
    expect(licenses).toContain('Permission is hereby granted');
  });
});
