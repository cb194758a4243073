import type { Browser } from 'playwright-core';
import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { launchBrowser, openWindow, type BrowserWindow } from '../harness/browser.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

describe('the page at /sessions', () => {
  let browser: Browser;
  let service: ServiceProcess;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let wallet: TestWallet;
  let window: BrowserWindow;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    [browser, service] = await Promise.all([
      launchBrowser(),
      startServiceProcess({ DATA_DIRECTORY: directory.path }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await directory.remove();
  });

  beforeEach(async () => {
    wallet = aWallet();
    window = await openWindow(browser, wallet);
    await window.page.goto(new URL('/sessions', service.url).href);
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    await window.context.close();
  });

  async function signInOnThePage(): Promise<void> {
    await window.page.getByRole('button', { name: 'Sign in with wallet' }).click();
    await window.page.getByRole('button', { name: 'Test Wallet' }).click();
    await window.page.getByText(wallet.address).waitFor();
  }
  const rows = () =>
    window.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');

  it('signs in with a wallet extension and shows this session', async () => {
    await signInOnThePage();
    await rows().filter({ hasText: 'This session' }).waitFor();
    const text = await rows().first().innerText();
    expect(text).toContain('Chrome on Linux');
    expect(text).toContain('Test Wallet');
    expect(text).toContain('127.0.0.1');
  });

  it('shows the sessions on other devices, and ends one', async () => {
    const phone = await signIn(service.url, wallet, { device: 'Phone' });
    await signIn(service.url, wallet, { device: 'Tablet' });
    await signInOnThePage();
    await rows().nth(2).waitFor();

    await window.page.getByRole('button', { name: 'End the session on Phone' }).click();
    await rows().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(2);
    const seen = await apiClient(service.url, phone.accessToken).request(CurrentSessionDocument);
    expect(seen.session).toBeNull();
  });

  it('ends all other sessions at once', async () => {
    await signIn(service.url, wallet, { device: 'Phone' });
    await signIn(service.url, wallet, { device: 'Tablet' });
    await signInOnThePage();
    await window.page.getByRole('button', { name: 'End all other sessions (2)' }).click();
    await rows().nth(1).waitFor({ state: 'detached' });
    expect(await rows().first().innerText()).toContain('This session');
  });

  it('lets a row vanish as it happens when another device ends it', async () => {
    const phone = await signIn(service.url, wallet, { device: 'Phone' });
    await signInOnThePage();
    await rows().filter({ hasText: 'Phone' }).waitFor();
    await apiClient(service.url, phone.accessToken).request(LogoutDocument, {});
    await rows().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
    await window.page.getByText('A session has ended.').waitFor();
  });

  it('says so when another device ends the session of this page', async () => {
    const phone = await signIn(service.url, wallet, { device: 'Phone' });
    await signInOnThePage();
    await rows().nth(1).waitFor();
    const { session } = await apiClient(service.url, phone.accessToken).request(
      CurrentSessionDocument,
    );
    expect(session).not.toBeNull();
    await apiClient(service.url, phone.accessToken).rawRequest('mutation { logoutAll { count } }');
    await window.page.getByText('You logged out of all sessions.').waitFor();
  });

  it('stays signed in through a reload, and logs out', async () => {
    await signInOnThePage();
    await window.page.reload();
    await window.page.getByText(wallet.address).waitFor();
    await window.page.getByRole('button', { name: 'Log out' }).click();
    await window.page.getByRole('button', { name: 'Sign in with wallet' }).waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await window.page.getByRole('button', { name: 'Sign in with wallet' }).waitFor();
    await window.page.keyboard.press('Tab');
    await window.page.keyboard.press('Enter');
    await window.page.getByRole('dialog', { name: 'Sign in with' }).waitFor();
    await window.page.getByRole('button', { name: 'Test Wallet' }).focus();
    await window.page.keyboard.press('Enter');
    await window.page.getByText(wallet.address).waitFor();
  });

  it.each([
    ['light', { width: 1000, height: 700 }],
    ['dark', { width: 1000, height: 700 }],
    ['light', { width: 360, height: 740 }],
  ] as const)('fits, in %s, a screen of %j', async (colorScheme, viewport) => {
    await window.page.emulateMedia({ colorScheme });
    await window.page.setViewportSize(viewport);
    await signIn(service.url, wallet, { device: 'Phone', walletType: 'WalletConnect' });
    await signInOnThePage();
    await rows().nth(1).waitFor();
    const width = await window.page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(viewport.width);
    await window.screenshot(`sessions-${colorScheme}-${viewport.width}`);
  });
});
