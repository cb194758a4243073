import type { Browser } from 'playwright-core';
import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { launchBrowser, openWindow, type BrowserWindow } from '../harness/browser.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

/** The tests sign in more often than people do. */
const UNLIMITED = {
  RATE_LIMIT_CHALLENGE_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_WALLET: 'none',
};

describe('GraphiQL at /graphql', () => {
  let browser: Browser;
  let service: ServiceProcess;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let wallet: TestWallet;
  let window: BrowserWindow;
  /** Where the page sent requests to. */
  let hosts: Set<string>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    [browser, service] = await Promise.all([
      launchBrowser(),
      startServiceProcess({ DATA_DIRECTORY: directory.path, ...UNLIMITED }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await directory.remove();
  });

  beforeEach(async () => {
    wallet = aWallet();
    hosts = new Set();
    window = await openWindow(browser, wallet, { viewport: { width: 1280, height: 800 } });
    window.page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http')) hosts.add(host);
    });
    await window.page.goto(service.url);
    await window.page.getByRole('tab', { name: 'CurrentSession' }).waitFor();
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    // Nothing comes from elsewhere: the page works offline.
    expect([...hosts]).toEqual([new URL(service.url).host]);
    await window.context.close();
  });

  const run = () => window.page.getByRole('button', { name: /^Execute query/ }).click();
  const response = () => window.page.locator('.graphiql-response');

  async function signInOnThePage(): Promise<void> {
    await window.page.getByRole('button', { name: 'Sign in with wallet' }).click();
    await window.page.getByRole('button', { name: 'Test Wallet' }).click();
    await window.page.getByText(`Signed in as ${wallet.address}`).waitFor();
  }

  it('sends operations as nobody at first, and as the session once signed in', async () => {
    await run();
    await response().getByText('"session": null').waitFor();
    await signInOnThePage();
    await run();
    await response().getByText(`"${wallet.address}"`).waitFor();
    await window.screenshot('graphiql');
  });

  it('shows what a subscription hears', async () => {
    await signInOnThePage();
    await window.page.getByRole('tab', { name: 'SessionRevoked' }).click();
    // GraphiQL reads which operation a tab has a moment after it is opened, and then remembers the tab.
    const isRemembered = `JSON.parse(localStorage.getItem('graphiql:tabState')).activeTabIndex === 2`;
    while (!(await window.page.evaluate(isRemembered)));
    await run();
    const heard = response()
      .getByText('"reason": "LOGOUT"')
      .waitFor()
      .then(() => true);
    // Until the subscription stands, there is nothing to be heard: sessions end until one is.
    const endOne = async () => {
      const { accessToken } = await signIn(service.url, wallet);
      await apiClient(service.url, accessToken).request(LogoutDocument, {});
      return false;
    };
    while (!(await Promise.race([heard, endOne()])));
  });

  it('offers a throw-away wallet in development', async () => {
    await window.page.getByRole('button', { name: 'Sign in with wallet' }).click();
    await window.page.getByRole('button', { name: /A throw-away wallet/ }).click();
    await window.page.getByText(/Signed in as 0x/).waitFor();
  });

  it('is the manual: its explorer has the descriptions', async () => {
    await window.page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await window.page.getByRole('link', { name: 'Query', exact: true }).click();
    await window.page.getByText('What a wallet can see').waitFor();
    await window.screenshot('graphiql-explorer');
  });
});

describe('in production', () => {
  it('there is no GraphiQL and no throw-away wallet, unless it is asked for', async () => {
    const directory = await temporaryDirectory();
    const service = await startServiceProcess({
      DATA_DIRECTORY: directory.path,
      NODE_ENV: 'production',
      SESSION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    });
    const visit = async (path: string) =>
      fetch(new URL(path, service.url), { headers: { accept: 'text/html' } });
    expect((await visit('/graphql')).headers.get('content-type')).not.toContain('text/html');
    const sessions = await visit('/sessions');
    expect(sessions.status).toBe(200);
    expect(await sessions.text()).not.toContain('data-development');
    await service.stop();
    await directory.remove();
  });
});
