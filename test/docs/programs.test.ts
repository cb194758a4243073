import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import type { Browser } from 'playwright-core';
import { launchBrowser, openWindow } from '../harness/browser.js';
import { readDocumentation } from '../harness/documentation.js';
import { aSandbox } from '../harness/documentation-sandbox.js';
import { DOCUMENTED_WALLET } from '../harness/documented-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { KIT_ALIASES } from '../harness/kit-code.js';
import { redisUrl } from '../harness/stores.js';
import { surround, type SurroundedSnippet } from '../harness/surroundings.js';
import { typeErrors } from '../harness/type-check.js';
import { aWallet } from '../harness/wallet.js';

const LANGUAGES = ['js', 'ts', 'tsx'];

describe('programs in the documentation', () => {
  const programs = readDocumentation()
    .snippets.filter(({ language }) => LANGUAGES.includes(language))
    .map(surround);
  let [service, serviceWithCookies]: TestService[] = [];
  let browser: Browser;
  beforeAll(async () => {
    const environment = {
      ADMIN_WALLETS: DOCUMENTED_WALLET.account,
      SIGN_IN_CHAIN_IDS: 'eip155:1,solana:mainnet',
    };
    [service, serviceWithCookies, browser] = await Promise.all([
      startTestService('embedded', environment),
      startTestService('embedded', { ...environment, COOKIES: 'true' }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([service?.stop(), serviceWithCookies?.stop()]);
  });

  /** A client with `cookies: true` needs a service that keeps the tokens in cookies. */
  const originFor = ({ source }: SurroundedSnippet) => {
    const chosen = source.includes('cookies: true') ? serviceWithCookies : service;
    return new URL(chosen?.url ?? '').origin;
  };

  it('type-checks the documented programs against the package as a user imports it', () => {
    expect(programs.length).toBeGreaterThan(8);
    expect(typeErrors(programs)).toEqual([]);
  });

  const named = (isForBrowser: boolean) =>
    programs
      .filter((program) => program.isForBrowser === isForBrowser)
      .map((program): [string, SurroundedSnippet] => [program.snippet.id, program]);

  it.each(named(false))('runs the documented program in Node.js: %s', async (id, program) => {
    const sandbox = aSandbox(id.replaceAll(/\W+/g, '-'));
    const file = join(sandbox.path, 'program.mjs');
    const source = await compile(program, { platform: 'node', packages: 'external' });
    await writeFile(file, source);
    await sandbox.run([process.execPath, file], {
      REDIS_URL: redisUrl(),
      SESSION_KEYS: `only:${Buffer.alloc(32, 1).toString('base64')}`,
    });
  });

  it.each(named(true))('runs the documented program in a browser: %s', async (_id, program) => {
    const define = { 'process.env.NODE_ENV': '"production"' };
    const content = await compile(program, { platform: 'browser', define });
    const { page, context } = await openWindow(browser, aWallet());
    // A page of the service's origin that runs no script.
    await page.goto(new URL('/healthz', originFor(program)).href);
    const failed = new Promise<never>((_resolve, reject) => page.once('pageerror', reject));
    await page.addScriptTag({ content: `${content}\nglobalThis.isDone = true;`, type: 'module' });
    await Promise.race([page.waitForFunction('globalThis.isDone'), failed]);
    await context.close();
  });

  it.each(['rainbowkit/main.jsx', 'solana/main.js'])(
    'bundles the example for browsers: %s',
    async (path) => {
      const { outputFiles } = await build({
        entryPoints: [resolve(__dirname, '../../examples', path)],
        outdir: 'out',
        bundle: true,
        write: false,
        platform: 'browser',
        format: 'esm',
        jsx: 'automatic',
        alias: KIT_ALIASES,
        logLevel: 'error',
      });
      expect(outputFiles.map(({ text }) => text).join()).toContain('mutation SignIn');
    },
  );

  /** Bundles a program into one JavaScript file with the URL of its test service. */
  async function compile(program: SurroundedSnippet, options: BuildOptions): Promise<string> {
    const { source, file } = program;
    const { outputFiles } = await build({
      stdin: {
        contents: source,
        sourcefile: file,
        resolveDir: dirname(file),
        loader: file.endsWith('tsx') ? 'tsx' : 'ts',
      },
      bundle: true,
      write: false,
      format: 'esm',
      jsx: 'automatic',
      alias: KIT_ALIASES,
      // type-graphql uses them.
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
      // The `sideEffects` of the package do not apply to the surroundings.
      ignoreAnnotations: true,
      ...options,
    });
    const [bundle] = outputFiles ?? [];
    const origin = originFor(program);
    return (bundle?.text ?? '')
      .replaceAll('http://localhost:4000', origin)
      .replaceAll('ws://localhost:4000', origin.replace('http', 'ws'));
  }
});
