import { get } from 'node:https';
import { parseEnv } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser, openWindow, type BrowserWindow } from '../harness/browser.js';
import { aCertificateAuthority } from '../harness/certificates.js';
import { readDocumentation } from '../harness/documentation.js';
import { runNginx } from '../harness/nginx.js';
import { accountButton } from '../harness/page-under-test.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const PAGE = 'https://app.example.com/wallet';

describe('the documented configuration of nginx, under a path prefix', () => {
  const { snippets } = readDocumentation();
  const snippet = (heading: string) =>
    snippets.find(({ id }) => id === `docs/reverse-proxies.md#${heading}`)?.text ?? '';

  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: ServiceProcess;
  let nginx: Awaited<ReturnType<typeof runNginx>>;
  let browser: Browser;
  let window: BrowserWindow;
  const wallet = aWallet();

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const settings = parseEnv(snippet('settings-of-the-service')) as Record<string, string>;
    service = await startServiceProcess({
      ...settings,
      PORT: '0',
      DATA_DIRECTORY: directory.path,
      ADMIN_WALLETS: wallet.account,
    });
    nginx = await runNginx(async (port, path) => {
      const authority = await aCertificateAuthority(path, 'nginx');
      const { certificateFile, keyFile } = await authority.issue('DNS:app.example.com');
      return snippet('nginx')
        .replace('listen 443', `listen 127.0.0.1:${port}`)
        .replace('/etc/ssl/app.example.com.crt', certificateFile)
        .replace('/etc/ssl/app.example.com.key', keyFile)
        .replace('127.0.0.1:4000', new URL(service.url).host.replace('localhost', '127.0.0.1'));
    });
    browser = await launchBrowser(`MAP app.example.com:443 127.0.0.1:${nginx.port}`);
  });
  afterAll(async () => {
    await browser.close();
    await nginx.close();
    await service.stop();
    await directory.remove();
  });
  beforeEach(async () => {
    window = await openWindow(browser, wallet, { ignoreHTTPSErrors: true });
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    await window.context.close();
  });

  async function signIn() {
    const button = (name: string) => window.page.getByRole('button', { name });
    await button('Sign in with wallet').click();
    await button('Test Wallet').click();
    await accountButton(window.page, wallet.address).waitFor();
  }

  it('signs in on the sessions page behind nginx, opens its WebSocket there, and keeps the session after a reload', async () => {
    await window.page.goto(`${PAGE}/sessions`);
    const socket = window.page.waitForEvent('websocket');
    await signIn();
    expect((await socket).url()).toBe('wss://app.example.com/wallet/graphql');
    await window.page.getByRole('list', { name: 'Active sessions' }).waitFor();
    await window.page.reload();
    await accountButton(window.page, wallet.address).waitFor();
  });

  it('shows the figures and the live audit log on the administration page behind nginx', async () => {
    await window.page.goto(`${PAGE}/admin`);
    await signIn();
    await window.page.locator('.figures').getByText('Active sessions').waitFor();
    await window.page.getByRole('link', { name: 'Audit log' }).click();
    await window.page.getByText('Live', { exact: true }).waitFor();
    await window.page.reload();
    await window.page.locator('.events > li', { hasText: 'Signed in' }).first().waitFor();
  });

  it('refuses the paths behind nginx that are not public', async () => {
    const statusOf = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const host = { host: '127.0.0.1', port: nginx.port, headers: { host: 'app.example.com' } };
        get({ ...host, path: `/wallet/${path}`, rejectUnauthorized: false, agent: false })
          .on('response', (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          })
          .on('error', reject);
      });
    for (const path of ['auth', 'auth/envoy', 'auth/hasura', 'introspect', 'healthz', 'readyz']) {
      expect(await statusOf(path)).toBe(404);
    }
    expect(await statusOf('api/openapi.json')).toBe(200);
  });

  it('redirects the root behind nginx to GraphiQL, which signs in', async () => {
    await window.page.goto(`${PAGE}/`);
    expect(window.page.url()).toBe(`${PAGE}/graphql`);
    await signIn();
  });
});
