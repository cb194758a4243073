import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { startExample } from '../harness/example-process.js';
import {
  installPacked,
  manifest,
  MODULE_SETTINGS,
  type PackedPackage,
} from '../harness/packed-package.js';
import { restClient, signInByRest } from '../harness/rest.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const OF_THE_SERVICE =
  /^dist\/(commonjs\/)?(cli|config|main|pages|server|service|telemetry\/metrics)\b/;

describe('the published package wallet-sessions', () => {
  let project: PackedPackage;
  let onRedis: unknown;

  beforeAll(async () => {
    const { peerDependencies } = await manifest();
    project = await installPacked('.', 'test/packaging/consumers/server', ['express', 'ioredis']);
    onRedis = await project.resultOf('express-on-redis.mjs', redisUrl(), ownPrefix());
    const peers = Object.keys(peerDependencies).filter((name) => name !== 'secp256k1');
    await project.addBeside([...peers, 'ethers', '@types/express', '@types/node']);
  }, 300_000);
  afterAll(() => project.remove());

  const did = {
    signedIn: true,
    refusal: 'REFRESH_TOKEN_INVALID',
    middleware: 'function',
    signInMutation: true,
    redis: 'function',
  };

  it('installs at most 45 packages and 25 MB in an application with Express and ioredis', () => {
    expect(project.installed).toContain('wallet-sessions');
    expect(project.installed.length).toBeLessThanOrEqual(45);
    expect(project.megabytes).toBeLessThanOrEqual(25);
  });

  it('installs nothing of GraphQL, of the service or of the embedded store', () => {
    const unexpected = /graphql|apollo|lmdb|pino|commander|prom-client|sirv|^ws$/;
    expect(project.installed.filter((name) => unexpected.test(name))).toEqual([]);
  });

  it('needs no further package for Express and Redis', () => {
    expect(onRedis).toEqual({ middleware: 'function', nonce: 'string' });
  });

  it('works in an application in ECMAScript modules', async () => {
    expect(await project.resultOf('module.mjs')).toEqual(did);
  });

  it('works in an application in CommonJS, which shares its implementation with ECMAScript modules', async () => {
    expect(await project.resultOf('commonjs.cjs')).toEqual({ ...did, oneImplementation: true });
  });

  it('loads GraphQL only for applications that import wallet-sessions/graphql', async () => {
    expect(await project.resultOf('without-graphql.mjs')).toEqual({ without: false, with: true });
  });

  it('lets requests with a session into the routes of NestJS 11 with the guard that is tested on NestJS 12', async () => {
    const nest = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}@^11.2.10`);
    await project.addBeside(nest);
    const application = await startExample('nestjs/index.ts', { ORIGIN }, project.directory);
    const at = restClient(fetch, application.url);
    const wallet = aWallet();
    const { body } = await signInByRest(restClient(fetch, `${application.url}/api`), wallet);
    const headers = { authorization: `Bearer ${String(body['accessToken'])}` };
    expect((await at('/me')).status).toBe(401);
    expect(await at('/me', undefined, { headers })).toMatchObject({
      status: 200,
      body: { wallet: wallet.account },
    });
    expect(await application.stop()).toBe(0);
  });

  it.each(MODULE_SETTINGS)(
    'provides the types of wallet-sessions for %s with module %s, resolved as %s',
    (file, module, resolution) => {
      expect(project.typeErrors(file, module, resolution)).toEqual([]);
    },
  );

  it('passes publint with wallet-sessions', async () => {
    expect(await project.publint()).toContain('All good!');
  });

  it('passes arethetypeswrong with every entry point of wallet-sessions', async () => {
    expect(await project.attw()).toContain('No problems found');
  });

  it('packs the build and the documentation of wallet-sessions, and no service, sources or tests', async () => {
    const paths = await project.files();
    const folders = new Set(paths.map((path) => path.split('/')[0]));
    const files = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md'];
    const settings = ['codegen.yml', 'package.json'];
    const others = ['dist', 'docs', 'examples', 'ops', 'schema'];
    expect([...folders].sort()).toEqual([...files, ...settings, ...others].sort());
    expect(paths.join('\n')).not.toContain('.tsbuildinfo');
    expect(paths.filter((path) => OF_THE_SERVICE.test(path))).toEqual([]);
  });

  it('packs every file that the documentation of wallet-sessions links to', async () => {
    const { pages, links, dead } = await project.links();
    expect(pages).toBeGreaterThan(30);
    expect(links).toBeGreaterThan(100);
    expect(dead).toEqual([]);
  });

  it('names the packed file of wallet-sessions in the README', async () => {
    expect(await readFile('README.md', 'utf8')).toContain(`/${basename(project.tarball)}\n`);
  });

  it('builds wallet-sessions before it is packed', async () => {
    expect((await manifest()).scripts['prepack']).toBe('npm run build');
  });
});
