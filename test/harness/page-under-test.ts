import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openWindow, type BrowserWindow } from './browser.js';
import { startServiceProcess, type ServiceProcess } from './service-process.js';
import { temporaryDirectory } from './stores.js';
import { aWallet, type TestWallet } from './wallet.js';

/** A page of a running service in a real browser, for the tests of the surrounding `describe`. */
export interface PageUnderTest {
  readonly browser: Browser;
  readonly service: ServiceProcess;
  /** The wallet extension of the browser window of this test. */
  readonly wallet: TestWallet;
  readonly window: BrowserWindow;
  readonly page: Page;
  /** Signs in with the wallet extension through the page. */
  signIn(): Promise<void>;
  button(name: string | RegExp): Locator;
  /** Presses the Tab key until the element has the focus. */
  tabTo(element: Locator): Promise<void>;
}

/** The button in the header that opens the menu of the account. */
export function accountButton(page: Page, address: string): Locator {
  return page.getByRole('button', {
    name: `Account ${address.slice(0, 6)}…${address.slice(-4)}`,
  });
}

export interface PageUnderTestOptions {
  /** The path of the page, such as `/sessions`. */
  readonly path: string;
  readonly viewport?: { width: number; height: number };
  /** The environment of the service, evaluated when the service starts. */
  readonly environment?: () => Record<string, string>;
  /** Makes the wallet of the extension. Default: a new account. */
  readonly makeWallet?: () => TestWallet | Promise<TestWallet>;
}

/**
 * Starts one service and one browser for all tests, and for each test a new window with the page and a new wallet.
 * After each test, asserts that the page logged no errors and made no requests to other hosts.
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
    get browser() {
      return browser;
    },
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
    async tabTo(element) {
      const hasFocus = () => element.evaluate((node) => node.matches(':focus'));
      for (let presses = 0; !(await hasFocus()); presses += 1) {
        if (presses === 50) throw new Error(`The Tab key does not reach ${String(element)}.`);
        await window.page.keyboard.press('Tab');
      }
    },
    async signIn() {
      await button('Sign in with wallet').click();
      await button('Test Wallet').click();
      await accountButton(window.page, wallet.address).waitFor();
    },
  };
}
