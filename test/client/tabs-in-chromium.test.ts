import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openWindow, type BrowserWindow } from '../harness/browser.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

/** A page of the service's origin that runs no script. */
const PATH = '/healthz';

/** The script of an application: the client as `client`, and the reasons of ended sessions as `ends`. */
async function anApplication(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(__dirname, '../../client/src/index.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'walletSessions',
    write: false,
  });
  return `${outputFiles[0]?.text}
    const ends = [];
    const client = walletSessions.createWalletSessionsClient({
      url: '/graphql',
      storage: localStorage,
    });
    client.on('end', ({ reason }) => ends.push(reason));
    const wallet = new Promise((resolve) => {
      addEventListener('eip6963:announceProvider', ({ detail }) => resolve(detail.provider));
      dispatchEvent(new Event('eip6963:requestProvider'));
    });`;
}

/** Opens a page from another one of the same origin, so that both share a process. */
async function openedBy(tab: Page): Promise<Page> {
  const [opened] = await Promise.all([
    tab.context().waitForEvent('page'),
    tab.evaluate(`void open(${JSON.stringify(PATH)})`),
  ]);
  return opened;
}

describe.each<[string, (tab: Page) => Promise<Page>, number]>([
  // Such tabs see at once what the other one has stored.
  ['in one process', openedBy, 1],
  // Chromium may hand on the lock before it shows the stored tokens. The service then returns the same ones again.
  ['in separate processes', (tab) => tab.context().newPage(), 2],
])('two tabs of Chromium %s', (_where, openOther, mostRefreshes) => {
  let service: TestService;
  let browser: Browser;
  let window: BrowserWindow;
  let tabs: readonly [Page, Page];
  /** The number of refreshes sent by the tabs. They reach the service after `letGo`. */
  let refreshes: number;
  let letGo: () => void;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestService('embedded'), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  beforeEach(async () => {
    window = await openWindow(browser, aWallet());
    refreshes = 0;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    await window.context.route(service.url, async (route) => {
      if (route.request().postData()?.includes('mutation Refresh')) {
        refreshes += 1;
        await gate;
      }
      await route.continue();
    });
    const url = new URL(PATH, service.url).href;
    await window.page.goto(url);
    tabs = [window.page, await openOther(window.page)];
    await tabs[1].goto(url);
    const content = await anApplication();
    for (const tab of tabs) await tab.addScriptTag({ content });
    await tabs[0].evaluate('wallet.then((provider) => client.signIn(provider))');
    await tabs[1].waitForFunction(`client.state.status === 'signed-in'`);
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    await window.context.close();
  });

  const inBoth = (expression: string) => Promise.all(tabs.map((tab) => tab.evaluate(expression)));

  it('refreshes in one tab of Chromium after the other by a Web Lock, with the same tokens for both', async () => {
    const [before] = await inBoth('client.accessToken()');
    await inBoth('void (globalThis.refreshed = client.refresh())');
    await tabs[0].waitForFunction(
      'navigator.locks.query().then(({ held, pending }) => held.length + pending.length === 2)',
    );
    letGo();
    await inBoth('refreshed');

    const [one, other] = await inBoth('client.accessToken()');
    expect(one).toBe(other);
    expect(one).not.toBe(before);
    const known = await inBoth('client.sessions().then(({ totalCount }) => totalCount)');
    expect(known).toEqual([1, 1]);
    expect(refreshes).toBeGreaterThan(0);
    expect(refreshes).toBeLessThanOrEqual(mostRefreshes);
  });

  it('ends the session in both tabs of Chromium when one logs out', async () => {
    await tabs[0].evaluate('client.logout()');
    await tabs[1].waitForFunction(`client.state.status === 'signed-out'`);
    expect(await inBoth('ends')).toEqual([['LOGOUT'], ['LOGOUT']]);
    expect(await tabs[1].evaluate('localStorage.length')).toBe(0);
  });
});
