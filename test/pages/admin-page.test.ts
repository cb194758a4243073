import type { Route } from 'playwright-core';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { accessibilityFindings } from '../harness/accessibility.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { inEachLook } from '../harness/looks.js';
import { pageUnderTest } from '../harness/page-under-test.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

describe('the page at /admin', () => {
  const admin = aWallet();
  const under = pageUnderTest({
    path: '/admin',
    environment: () => ({
      ADMIN_WALLETS: admin.account,
      METRICS_DASHBOARD_URL: 'https://grafana.example.com/d/wallet-sessions',
    }),
    makeWallet: () => admin,
  });

  const heading = (name: string) => under.page.getByRole('heading', { name });
  const view = (name: string) =>
    under.page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name });
  const signInOn = (device: string, wallet: TestWallet) =>
    signIn(under.service.url, wallet, { device });
  const isActive = async (accessToken: string) =>
    (await apiClient(under.service.url, accessToken).request(CurrentSessionDocument)).session !==
    null;

  /** Signs in with the signature of another wallet, which is refused. */
  async function signInWronglyAs({ account }: TestWallet): Promise<void> {
    const api = apiClient(under.service.url);
    const challenge = await api.request(CreateSignInChallengeDocument, { account });
    const message = challenge.createSignInChallenge.message ?? '';
    const signature = await aWallet().sign(message);
    expect(await refusalOf(api, SignInDocument, { message, signature })).toBe('SIGNATURE_INVALID');
  }

  async function lookUp(text: string): Promise<void> {
    await view('Wallets').click();
    await under.page.getByLabel('Wallet', { exact: true }).fill(text);
    await under.button('Look up').click();
  }

  const sessions = () =>
    under.page.getByRole('list', { name: /Active sessions/ }).getByRole('listitem');
  const events = () => under.page.locator('.events > li');

  it('asks visitors of the administration page to sign in, and shows them nothing else', async () => {
    await under.button('Sign in with wallet').waitFor();
    expect(await heading('Administration').count()).toBe(1);
    expect(await under.page.getByRole('heading', { name: 'Overview' }).count()).toBe(0);
  });

  it('tells a wallet that is not an administrator what it can do, and gives it no link', async () => {
    await under.button('Sign in with wallet').click();
    await under.button(/throw-away wallet/i).click();
    await heading('Not an administrator').waitFor();
    expect(await under.page.getByRole('heading', { name: 'Overview' }).count()).toBe(0);
    expect(await under.page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    await under.page.locator('main').getByRole('button', { name: 'Sign out' }).click();
    await under.button('Sign in with wallet').waitFor();
  });

  it('shows figures, and charts whose values are in tables as well', async () => {
    await signInWronglyAs(aWallet());
    await under.signIn();
    const figures = under.page.locator('.figures');
    await figures.getByText('Active sessions').waitFor();
    const chart = under.page.getByRole('figure', { name: 'Refused sign-ins by reason' });
    // An instance writes its counts once a second.
    await eventually(async () => {
      await under.button('Load again').click();
      await chart.getByText('Signature invalid').first().waitFor({ timeout: 1500 });
    });
    await chart.getByText('Table').click();
    const row = chart.getByRole('row').nth(1);
    expect(Number(await row.getByRole('cell').first().innerText())).toBeGreaterThan(0);
    await under.page.getByText('7 days').click();
    await chart.locator('figcaption', { hasText: 'in 7 days' }).waitFor();
  });

  it('links to the dashboard of metrics', async () => {
    await under.signIn();
    const link = under.page.getByRole('link', { name: 'Open the dashboard of metrics' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://grafana.example.com/d/wallet-sessions');
  });

  it('looks up a wallet by its address alone, and revokes one session and then all after a question', async () => {
    const owner = aWallet();
    const phone = await signInOn('Phone', owner);
    const [tablet] = [await signInOn('Tablet', owner), await signInOn('Laptop', owner)];
    await under.signIn();
    await lookUp(owner.address.toLowerCase());
    await sessions().nth(2).waitFor();

    await under.button('Revoke the session on Phone').click();
    const dialog = under.page.getByRole('dialog', { name: 'Revoke the session on Phone?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await isActive(phone.accessToken)).toBe(true);
    await under.button('Revoke the session on Phone').click();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await under.page.getByText('The session on Phone was revoked.').waitFor();
    await sessions().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
    expect(await isActive(phone.accessToken)).toBe(false);

    await under.button('Revoke all sessions').click();
    await under.button('Revoke all').last().click();
    await under.page.getByText('2 sessions were revoked.').waitFor();
    expect(await isActive(tablet.accessToken)).toBe(false);
  });

  it('says what is wrong with an account id that it cannot look up', async () => {
    await under.signIn();
    await lookUp('0x1234');
    await under.page.getByText('0x is followed by 40 hexadecimal digits').waitFor();
  });

  it('shows audit events as they are recorded, and filters them by wallet and kind', async () => {
    const owner = aWallet();
    await signInOn('Phone', owner);
    await under.signIn();
    await view('Audit log').click();
    await under.page.getByText('Live', { exact: true }).waitFor();
    await under.page.getByLabel('Wallet', { exact: true }).fill(owner.address);
    await under.button('Filter').click();
    await events().filter({ hasText: 'Signed in' }).waitFor();
    await under.page.getByText('Live', { exact: true }).waitFor();

    await signInWronglyAs(owner);
    await events().first().filter({ hasText: 'Sign-in refused: Signature invalid' }).waitFor();
    await events().first().locator('summary').click();
    await events().first().getByText('SIGN_IN_REFUSED').waitFor();

    await under.page.getByLabel('Outcome').selectOption('Done');
    await events().filter({ hasText: 'Sign-in refused' }).waitFor({ state: 'detached' });
    await events().filter({ hasText: 'Signed in' }).waitFor();
  });

  it('asks for a fresh signature when the service does, and goes on with it', async () => {
    let isStale = true;
    await under.page.route('**/graphql', (route: Route) => {
      const isStatistics = route.request().postData()?.includes('query Statistics') === true;
      if (!isStatistics || !isStale) return route.continue();
      const errors = [{ message: 'Sign.', extensions: { code: 'REAUTHENTICATION_REQUIRED' } }];
      return route.fulfill({ json: { errors } });
    });
    await under.signIn();
    await under.page.getByText('Confirm that it is you.').waitFor();
    expect(await under.page.locator('.figures').count()).toBe(0);
    isStale = false;
    await under.button('Sign again').click();
    await under.button('Test Wallet').click();
    await under.page.locator('.figures').waitFor();
    expect(await under.page.getByText('Confirm that it is you.').count()).toBe(0);
  });

  it('lets administrators look up a wallet and revoke its session with the keyboard alone', async () => {
    const owner = aWallet();
    const phone = await signInOn('Phone', owner);
    await under.signIn();
    const { keyboard } = under.page;
    await under.tabTo(view('Wallets'));
    await keyboard.press('Enter');
    await under.tabTo(under.page.getByLabel('Wallet', { exact: true }));
    await keyboard.type(owner.account);
    await keyboard.press('Enter');
    await sessions().first().waitFor();
    await under.tabTo(under.button('Revoke the session on Phone'));
    await keyboard.press('Enter');
    const dialog = under.page.getByRole('dialog', { name: 'Revoke the session on Phone?' });
    await dialog.waitFor();
    await under.tabTo(dialog.getByRole('button', { name: 'Revoke', exact: true }));
    await keyboard.press('Enter');
    await under.page.getByText('The session on Phone was revoked.').waitFor();
    expect(await isActive(phone.accessToken)).toBe(false);
  });

  it('fits the screen and has no accessibility finding, in every look', async () => {
    await under.page.route('**/graphql', async (route: Route) => {
      const isStatistics = route.request().postData()?.includes('query Statistics') === true;
      await (isStatistics
        ? route.fulfill({ json: { data: { statistics: STATISTICS } } })
        : route.continue());
    });
    const examine = (state: string) =>
      inEachLook(under.page, async ({ name, viewport }) => {
        const found = await accessibilityFindings(under.page);
        expect({ state, name, found }).toEqual({ state, name, found: [] });
        const width = await under.page.evaluate('document.documentElement.scrollWidth');
        expect({ state, name, width }).toEqual({ state, name, width: viewport.width });
        await under.window.screenshot(`admin-${state}-${name}`);
      });
    const owner = aWallet();
    await signInOn('Phone', owner);
    await signInOn('Work laptop with a long name', owner);
    await signInWronglyAs(owner);
    await under.button('Sign in with wallet').waitFor();
    await examine('signed-out');
    await under.signIn();
    const chart = under.page.getByRole('figure', { name: 'Ended sessions by reason' });
    await chart.getByText('Table').click();
    await examine('overview');
    await lookUp(owner.address);
    await sessions().nth(1).waitFor();
    await events().filter({ hasText: 'Sign-in refused' }).waitFor();
    await examine('wallet');
    await under.button('Revoke the session on Phone').click();
    await under.page.getByRole('dialog').waitFor();
    await examine('revoke');
    await under.page.keyboard.press('Escape');
    await view('Audit log').click();
    await events().nth(4).waitFor();
    await events().first().locator('summary').click();
    await examine('audit');
  });

  it('serves the administration page with the policy of the other pages', async () => {
    const { headers } = await fetch(new URL('/admin', under.service.url));
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe-inline');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

/** A day of a service with many users. */
const STATISTICS = {
  activeSessions: 18_234,
  wallets: 9102,
  dashboardUrl: 'https://grafana.example.com/d/wallet-sessions',
  hours: Array.from({ length: 24 }, (_, hour) => {
    const load = Math.round(60 + 50 * Math.sin(hour / 3.5));
    const counts = (of: Record<string, number>) =>
      Object.entries(of).map(([reason, share]) => ({ reason, count: Math.round(load * share) }));
    return {
      from: new Date(Date.UTC(2026, 4, 20, hour)).toISOString(),
      signIns: load * 3,
      refreshes: load * 11,
      refusals: counts({
        SIGNATURE_INVALID: 0.2,
        NONCE_INVALID: 0.13,
        MESSAGE_EXPIRED: 0.1,
        DOMAIN_NOT_ALLOWED: 0.06,
        CHAIN_NOT_ALLOWED: 0.05,
        WALLET_MISMATCH: 0.04,
      }),
      revocations: counts({ LOGOUT: 1.1, EXPIRED: 0.8, LOGOUT_ALL: 0.4, TOKEN_REUSE: 0.1 }),
    };
  }),
};
