import { CurrentSessionDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { pageUnderTest } from '../harness/page-under-test.js';

const FRESH = 1000;

describe('the sessions page of a session that is no longer fresh', () => {
  const under = pageUnderTest({
    path: '/sessions',
    environment: () => ({
      FRESH_AUTHENTICATION_WINDOW: `${FRESH}ms`,
      SIGN_IN_CHAIN_IDS: 'eip155:1,solana:mainnet',
    }),
  });

  const rows = () =>
    under.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');

  /** Signs in, lets the signature grow old, signs in with a phone, and asks to end the session of the phone. */
  async function askToSignOut(button: string) {
    await under.signIn();
    await rows().first().waitFor();
    const signedAt = Date.now();
    await eventually(() => {
      expect(Date.now() - signedAt).toBeGreaterThan(FRESH);
      return Promise.resolve();
    });
    const phone = await signIn(under.service.url, under.wallet, { device: 'Phone' });
    await under.page.reload();
    await under.button(button).click();
    await under.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    const dialog = under.page.getByRole('dialog', { name: 'Sign again with' });
    await dialog.getByRole('button', { name: 'Throw-away wallet' }).waitFor();
    return { phone, dialog };
  }

  const sessionOf = async ({ accessToken }: { accessToken: string }) =>
    (await apiClient(under.service.url, accessToken).request(CurrentSessionDocument)).session;

  it.each(['Sign out Phone', 'Sign out everywhere else'])(
    'asks for another signature before it ends a later session with the button "%s"',
    async (button) => {
      const { phone, dialog } = await askToSignOut(button);
      // No Solana wallet can sign for an Ethereum account.
      expect(await dialog.getByRole('button', { name: 'Solana' }).count()).toBe(0);
      await under.button('Test Wallet').click();
      await rows().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
      expect(await sessionOf(phone)).toBeNull();
    },
  );

  it('ends no later session if the owner closes the dialog after the wallet has signed', async () => {
    const { phone, dialog } = await askToSignOut('Sign out Phone');
    const sent: string[] = [];
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      void under.page.route('**/graphql', async (route) => {
        const [, operation = ''] = /mutation (\w+)/.exec(route.request().postData() ?? '') ?? [];
        sent.push(operation);
        if (operation === 'Refresh') {
          resolve();
          await new Promise<void>((go) => (answer = go));
        }
        await route.continue();
      });
    });
    await under.button('Test Wallet').click();
    await asked;
    await under.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const answered = under.page.waitForResponse('**/graphql');
    answer();
    await (await answered).finished();
    // What the page sends for that answer, it sends before the answer to this.
    await under.page.evaluate(async () => (await fetch('healthz')).text());
    expect(sent).toEqual(expect.arrayContaining(['Reauthenticate', 'Refresh']));
    expect(sent).not.toContain('Logout');
    expect(await sessionOf(phone)).not.toBeNull();
  });

  it('ends all other sessions at sign-in when the owner of the wallet selects that', async () => {
    await signIn(under.service.url, under.wallet, { device: 'Phone' });
    await under.button('Sign in with wallet').click();
    await under.page.getByLabel('Sign out everywhere else').check();
    await under.button('Test Wallet').click();
    await rows().filter({ hasText: 'This device' }).waitFor();
    expect(await rows().count()).toBe(1);
  });
});
