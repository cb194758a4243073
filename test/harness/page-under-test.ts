import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openWindow, type BrowserWindow } from './browser.js';
import { startServiceProcess, type ServiceProcess } from './service-process.js';
import { temporaryDirectory } from './stores.js';
import { aWallet, type TestWallet } from './wallet.js';

/** A page of a running service in a real browser, for the tests of the `describe` that it is made in. */
export interface PageUnderTest {
  readonly service: ServiceProcess;
  /** The wallet extension of this test's browser. */
  readonly wallet: TestWallet;
  readonly window: BrowserWindow;
  readonly page: Page;
  /** Signs in with the wallet extension, as a person would. */
  signIn(): Promise<void>;
  button(name: string | RegExp): Locator;
}

export interface PageUnderTestOptions {
  /** Of the page: `/sessions`. */
  readonly path: string;
  readonly viewport?: { width: number; height: number };
  /** Of the service; asked for when it starts. */
  readonly environment?: () => Record<string, string>;
  /** What the wallet extension signs with. Default: an account with a key of its own. */
  readonly makeWallet?: () => TestWallet | Promise<TestWallet>;
}

/**
 * One service and one browser for all tests; for each a window and a wallet of its own, with the page open. After
 * each test the page must have said nothing that a healthy page does not say, and fetched nothing from elsewhere.
 */
export function pageUnderTest({
  path,
  viewport,
  environment = () => ({}),
  makeWallet = aWallet,
}: PageUnderTestOptions): PageUnderTest {
  let browser: Browser;
  let service: ServiceProcess;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let wallet: TestWallet;
  let window: BrowserWindow;
  let hosts: Set<string>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    [browser, service] = await Promise.all([
      launchBrowser(),
      startServiceProcess({ DATA_DIRECTORY: directory.path, ...environment() }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await directory.remove();
  });

  beforeEach(async () => {
    wallet = await makeWallet();
    hosts = new Set();
    window = await openWindow(browser, wallet, { ...(viewport && { viewport }) });
    window.page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http')) hosts.add(host);
    });
    await window.page.goto(new URL(path, service.url).href);
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(service.url).host]);
    await window.context.close();
  });

  const button = (name: string | RegExp) => window.page.getByRole('button', { name });
  return {
    get service() {
      return service;
    },
    get wallet() {
      return wallet;
    },
    get window() {
      return window;
    },
    get page() {
      return window.page;
    },
    button,
    async signIn() {
      await button('Sign in with wallet').click();
      await button('Test Wallet').click();
      await window.page.getByText(`Signed in as ${wallet.address}`).waitFor();
    },
  };
}
