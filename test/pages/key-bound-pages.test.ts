import { apiClient, refusalOf } from '../harness/api.js';
import { CurrentSessionDocument, RefreshDocument } from '../generated/graphql.js';
import { openWindow } from '../harness/browser.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';
import { startServiceProcess } from '../harness/service-process.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';
import type { Page } from 'playwright-core';

interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What a script that is injected into the page can read. */
const tokensIn = (page: Page): Promise<StoredTokens> =>
  page.evaluate<StoredTokens>('JSON.parse(Object.values(sessionStorage)[0])');

/** The number of keys in the database of the page. */
const keysIn = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('wallet-sessions-keys');
    opening.onerror = reject;
    opening.onsuccess = () => {
      const counting = opening.result.transaction('keys').objectStore('keys').count();
      counting.onsuccess = () => {
        opening.result.close();
        resolve(counting.result);
      };
    };
  })`);

/** Resolves when the page has presented a token with a proof over a new socket, and the service has acknowledged it. */
function provenSocket(page: Page): Promise<void> {
  return new Promise((resolve) => {
    page.on('websocket', (socket) => {
      let isProven = false;
      socket.on('framesent', ({ payload }) => {
        isProven ||= /"authorization":"DPoP wsa_[^"]+","dpop":"/.test(String(payload));
      });
      socket.on('framereceived', ({ payload }) => {
        if (isProven && String(payload).includes('connection_ack')) resolve();
      });
    });
  });
}

describe('the pages of a service that requires keys', () => {
  const admin = aWallet();
  const under = pageUnderTest({
    path: '/sessions',
    environment: () => ({ KEY_BINDING: 'required', ADMIN_WALLETS: admin.account }),
    makeWallet: () => admin,
  });

  const signedIn = () => accountButton(under.page, under.wallet.address).waitFor();
  const isBound = () => under.page.getByText('Bound to this device’s key').first().waitFor();

  it('keeps a session through a reload and a refresh whose tokens are refused without the key of the page', async () => {
    const { page, service } = under;
    await under.signIn();
    await isBound();
    const stolen = await tokensIn(page);

    const response = await fetch(service.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stolen.accessToken}`,
      },
      body: JSON.stringify({ query: '{ session { id } }' }),
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP /);
    const { refreshToken } = stolen;
    expect(await refusalOf(apiClient(service.url), RefreshDocument, { refreshToken })).toBe(
      'KEY_PROOF_REQUIRED',
    );

    // The page loads a session that was issued long ago, and refreshes it at once.
    await page.evaluate(`for (const [key, text] of Object.entries(sessionStorage)) {
      const grant = JSON.parse(text);
      grant.issuedAt = grant.session.refreshFrom = new Date(0).toISOString();
      sessionStorage.setItem(key, JSON.stringify(grant));
    }`);
    const listening = provenSocket(page);
    await page.reload();
    await signedIn();
    await isBound();
    await listening;
    while ((await tokensIn(page)).refreshToken === refreshToken);
    await page.reload();
    await isBound();

    await accountButton(page, under.wallet.address).click();
    await page
      .getByRole('dialog', { name: 'Account' })
      .getByRole('button', { name: 'Sign out' })
      .click();
    await page.getByText('You are signed out.').waitFor();
    while ((await keysIn(page)) > 0);
  });

  it('proves the key of its session on GraphiQL and the administration page, over HTTP and WebSocket', async () => {
    const { page, service } = under;
    await under.signIn();
    await page.goto(new URL('/graphql', service.url).href);
    await page.getByText('which works only in this browser').waitFor();
    expect(await under.button('Copy header').count()).toBe(0);
    for (const pane of ['.graphiql-query-editor', '.graphiql-response']) {
      await page.locator(`${pane} .monaco-editor`).first().waitFor();
    }
    await under.button(/^Execute query/).click();
    await page.locator('.graphiql-response').getByText(`"${under.wallet.account}"`).waitFor();
    await under.window.screenshot('graphiql-key-bound');

    await page.goto(new URL('/admin#audit', service.url).href);
    await page.getByRole('heading', { name: 'Administration' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.events > li').first().waitFor();
  });

  it('asks the user to sign in again if the browser has lost the key of the session', async () => {
    const { page } = under;
    await under.signIn();
    await isBound();
    // The page that has the database open is left first.
    await page.goto(new URL('/assets/', under.service.url).href);
    await page.evaluate(`new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase('wallet-sessions-keys');
      deleting.onsuccess = resolve;
      deleting.onerror = reject;
    })`);
    await page.goto(new URL('/sessions', under.service.url).href);
    await page.getByText('You are signed out on this device.').waitFor();
    under.window.forgive(/40[14]/);
    await under.signIn();
    await isBound();
  });

  it.each([
    ['where binding is off', { KEY_BINDING: 'off' }],
    ['at a URL for which the service accepts no proofs', { PUBLIC_URLS: 'https://example.com' }],
  ])('signs in without a key %s', async (_where, environment) => {
    const directory = await temporaryDirectory();
    const service = await startServiceProcess({ DATA_DIRECTORY: directory.path, ...environment });
    const wallet = aWallet();
    const { page, context } = await openWindow(under.browser, wallet);
    await page.goto(new URL('/sessions', service.url).href);
    await page.getByRole('button', { name: 'Sign in with wallet' }).click();
    await page.getByRole('button', { name: 'Test Wallet' }).click();
    await accountButton(page, wallet.address).waitFor();
    const { accessToken } = await tokensIn(page);
    const { session } = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
    expect(session?.wallet).toBe(wallet.account);
    await context.close();
    await service.stop();
    await directory.remove();
  });
});
