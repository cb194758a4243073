import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { aSandbox } from '../harness/documentation-sandbox.js';
import { cookieOf, restClient, signInByRest } from '../harness/rest.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

const NEXT = resolve('node_modules/next/dist/bin/next');

describe('the example of Next.js', () => {
  let server: ChildProcess;
  let url: string;
  beforeAll(async () => {
    const { path } = aSandbox('nextjs');
    await cp('examples/nextjs', path, { recursive: true });
    const { PATH = '', HOME = '' } = process.env;
    server = spawn(process.execPath, [NEXT, 'dev', '-p', '0', '-H', '127.0.0.1'], {
      cwd: path,
      // Its own group, with the process that serves.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...{ PATH, HOME, ORIGIN, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'development' },
        DIRECTORY: join(path, 'store'),
      },
    });
    let output = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
    url = await new Promise<string>((found, failed) => {
      const lines = createInterface({ input: server.stdout ?? process.stdin });
      lines.on('line', (line) => {
        output += `${line}\n`;
        const [local] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
        if (local !== undefined) found(local);
      });
      server.once('exit', () => {
        failed(new Error(`Next.js exited: ${output}`));
      });
    });
  });
  afterAll(async () => {
    const exited = once(server, 'exit');
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
    await exited;
  });

  const at = (path = '') => restClient(fetch, url + path);
  /** The page, as a browser visits it: `fetch` does not send these headers. */
  const visit = async (cookie: string) => {
    const headers = {
      cookie,
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const [page] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
    return text(page);
  };

  it('serves the REST API, and gives route handlers and server components the session, until its logout', async () => {
    const wallet = aWallet();
    const page = await signInByRest(at('/api'), wallet, { origin: ORIGIN });
    expect(page).toMatchObject({ status: 200, body: { accessToken: null } });
    const cookie = cookieOf(page);
    const headers = { origin: ORIGIN, cookie };

    const me = await at()('/me', undefined, { headers });
    expect(me).toMatchObject({ status: 200, body: { wallet: wallet.account } });
    expect(await visit(cookie)).toContain(wallet.account);

    await at('/api')('/logout', {}, { headers });
    const ended = await at()('/me', undefined, { headers });
    expect(ended).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(ended.headers.get('content-type')).toBe('application/problem+json');
    expect(await visit(cookie)).toContain('Nobody is signed in.');
  });
});

describe('an edge runtime', () => {
  it.each(['wallet-sessions', 'wallet-sessions/fetch', 'wallet-sessions/redis'])(
    'is refused by %s with a sentence that says why',
    async (entry) => {
      const program = `import '${entry}';`;
      const run = promisify(execFile)(process.execPath, [
        ...['--conditions=edge-light', '--input-type=module', '--eval', program],
      ]);
      await expect(run).rejects.toThrow(
        /wallet-sessions needs the Node\.js runtime: stores open TCP/,
      );
    },
  );
});
