import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';
import { aSolanaWallet } from '../harness/solana-wallet.js';
import { registerStandardWallet } from '../harness/standard-wallet.js';
import { aWallet } from '../harness/wallet.js';

describe('the page at /sessions', () => {
  const under = pageUnderTest({ path: '/sessions' });

  const rows = () =>
    under.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');
  const notices = () => under.page.getByRole('status', { name: 'Notices' });
  /** Confirms in the dialog that is open. */
  const confirm = () => under.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  /** Signs in on another device and returns its grant. */
  const signInOn = (device: string) => signIn(under.service.url, under.wallet, { device });
  const asDevice = (accessToken: string) => apiClient(under.service.url, accessToken);

  it('signs in with a wallet extension and shows the current session', async () => {
    await under.signIn();
    await rows().filter({ hasText: 'This device' }).waitFor();
    const text = await rows().first().innerText();
    expect(text).toContain('Chrome on Linux');
    expect(text).toContain('Test Wallet');
    expect(text).toContain('127.0.0.1');
  });

  it('offers only Ethereum wallets where no Solana cluster is allowed', async () => {
    await registerStandardWallet(under.window.context, 'Solar', aSolanaWallet());
    await under.page.reload();
    await under.button('Sign in with wallet').click();
    const wallets = under.page.getByRole('list', { name: 'Wallets' }).getByRole('button');
    await under.button('Test Wallet').waitFor();
    expect(await wallets.allInnerTexts()).toEqual([
      'Test Wallet',
      'Throw-away wallet\nMade for this tab, for development',
    ]);
  });

  it('shows the sessions on other devices and ends one of them', async () => {
    const phone = await signInOn('Phone');
    await signInOn('Tablet');
    await under.signIn();
    await rows().nth(2).waitFor();

    await under.button('Sign out Phone').click();
    await under.page.getByRole('dialog', { name: 'Sign out Phone?' }).waitFor();
    await confirm();
    await rows().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(2);
    await notices().getByText('You signed out Phone.').waitFor();
    const seen = await asDevice(phone.accessToken).request(CurrentSessionDocument);
    expect(seen.session).toBeNull();
  });

  it('ends all other sessions with one button', async () => {
    await signInOn('Phone');
    await signInOn('Tablet');
    await under.signIn();
    await under.button('Sign out everywhere else').click();
    const dialog = under.page.getByRole('dialog', { name: 'Sign out everywhere else?' });
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(['Tablet', 'Phone']);
    await confirm();
    await rows().nth(1).waitFor({ state: 'detached' });
    await under.button('Sign out everywhere else').waitFor({ state: 'detached' });
    await under.page.getByText('not signed in on any other device').waitFor();
    expect(await rows().first().innerText()).toContain('This device');
  });

  it('removes the row of a session as soon as it ends on another device', async () => {
    const phone = await signInOn('Phone');
    await under.signIn();
    await rows().filter({ hasText: 'Phone' }).waitFor();
    await asDevice(phone.accessToken).request(LogoutDocument, {});
    await rows().filter({ hasText: 'Phone' }).waitFor({ state: 'detached' });
    await notices().getByText('Phone was signed out.').waitFor();
  });

  it('reports that its own session was ended on another device', async () => {
    const phone = await signInOn('Phone');
    await under.signIn();
    await rows().nth(1).waitFor();
    await asDevice(phone.accessToken).request(LogoutAllDocument, { keepCurrent: false });
    await under.page.getByText('You signed out of all sessions.').waitFor();
  });

  it('stays signed in after a reload until the user logs out', async () => {
    await under.signIn();
    await under.page.reload();
    const account = accountButton(under.page, under.wallet.address);
    await account.click();
    await under.page
      .getByRole('dialog', { name: 'Account' })
      .getByText(under.wallet.address)
      .waitFor();
    await under.button('Sign out').click();
    await under.button('Sign in with wallet').waitFor();
  });

  it('lets users operate the sessions page with the keyboard alone', async () => {
    await signInOn('Phone');
    await under.button('Sign in with wallet').waitFor();
    await under.tabTo(under.button('Sign in with wallet'));
    await under.page.keyboard.press('Enter');
    await under.page.getByRole('dialog', { name: 'Sign in with' }).waitFor();
    await under.tabTo(under.button('Test Wallet'));
    await under.page.keyboard.press('Enter');
    await accountButton(under.page, under.wallet.address).waitFor();
    // The focused element was removed, so the focus moves to the heading.
    await under.page.locator('h1:focus').waitFor();

    await under.tabTo(under.button('Sign out Phone'));
    await under.page.keyboard.press('Enter');
    await under.tabTo(under.page.getByRole('button', { name: 'Sign out', exact: true }));
    await under.page.keyboard.press('Enter');
    await under.page.locator('h2:focus', { hasText: 'Active sessions' }).waitFor();
  });

  describe('list of recent activity', () => {
    const activity = () =>
      under.page.getByRole('list', { name: 'Recent activity' }).getByRole('listitem');

    it('describes an event of the wallet with time, device and IP address', async () => {
      await under.signIn();
      const event = activity().filter({ hasText: 'Signed in' });
      await event.waitFor();
      const text = await event.innerText();
      for (const part of ['This device', 'Chrome on Linux', '127.0.0.1']) {
        expect(text).toContain(part);
      }
      const at = await event.getByRole('time').getAttribute('datetime');
      expect(new Date(at ?? '').toISOString()).toBe(at);
    });

    it('shows a sign-in that was refused for the signature of another wallet', async () => {
      const phone = await signInOn('Phone');
      await under.signIn();
      await activity().filter({ hasText: 'This device' }).waitFor();
      const api = apiClient(under.service.url);
      const { account } = under.wallet;
      const challenge = await api.request(CreateSignInChallengeDocument, { account });
      const message = challenge.createSignInChallenge.message ?? '';
      const signature = await aWallet().sign(message);
      expect(await refusalOf(api, SignInDocument, { message, signature })).toBe(
        'SIGNATURE_INVALID',
      );
      // The page reloads the activity when a session ends.
      await asDevice(phone.accessToken).request(LogoutDocument, {});
      await activity()
        .filter({ hasText: /Sign-in refused on .*: the signature was not from this wallet/ })
        .waitFor();
    });

    it('shows the end of a session at the top of the activity as soon as it happens', async () => {
      const phone = await signInOn('Phone');
      await under.signIn();
      await activity().filter({ hasText: 'This device' }).waitFor();
      await asDevice(phone.accessToken).request(LogoutDocument, {});
      await activity().first().filter({ hasText: 'Signed out on Phone' }).waitFor();
    });

    it('tells sessions that this device signed out apart from those that signed out themselves', async () => {
      await signInOn('Phone');
      const tablet = await signInOn('Tablet');
      await under.signIn();
      await rows().nth(2).waitFor();
      await asDevice(tablet.accessToken).request(LogoutDocument, {});
      await activity().first().filter({ hasText: 'Signed out on Tablet' }).waitFor();
      await under.button('Sign out Phone').click();
      await confirm();
      await activity().first().filter({ hasText: 'Signed out Phone from this device' }).waitFor();
      // The audit log has no names of devices, but it has the session that acted.
      await under.page.reload();
      await activity()
        .first()
        .filter({ hasText: /^Signed out .* from this device/ })
        .waitFor();
    });

    it('tells sessions that were signed out together in one line', async () => {
      for (const device of ['Phone', 'Tablet', 'Television']) await signInOn(device);
      await under.signIn();
      await rows().nth(3).waitFor();
      await under.button('Sign out everywhere else').click();
      await confirm();
      await activity()
        .first()
        .filter({ hasText: 'Signed out of 3 devices from this device' })
        .waitFor();
      expect(await activity().first().innerText()).toContain('Phone');
    });

    it('loads a page of activity at a time and focuses the first of the earlier events', async () => {
      // Each session makes two events, which fills more than two pages.
      for (let count = 0; count < 11; count += 1) {
        const { accessToken } = await signInOn('Tablet');
        await asDevice(accessToken).request(LogoutDocument, {});
      }
      await under.signIn();
      await activity().filter({ hasText: 'This device' }).waitFor();
      const shown = await activity().count();

      const more = under.button('Show earlier activity');
      await more.focus();
      await under.page.keyboard.press('Enter');
      await under.page.locator(`.activity > :nth-child(${shown + 1}):focus`).waitFor();
      await more.click();
      await more.waitFor({ state: 'detached' });
      expect(await activity().count()).toBe(23);
    });
  });

  it('forbids framing of the sessions page and sends no referrer', async () => {
    const { headers } = await fetch(new URL('/sessions', under.service.url));
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    ['light', { width: 1000, height: 700 }],
    ['dark', { width: 1000, height: 700 }],
    ['light', { width: 360, height: 740 }],
  ] as const)(
    'fits the sessions page to a screen in %s mode of size %j',
    async (colorScheme, viewport) => {
      await under.page.emulateMedia({ colorScheme });
      await under.page.setViewportSize(viewport);
      await signIn(under.service.url, under.wallet, {
        device: 'Phone',
        walletType: 'WalletConnect',
      });
      await under.signIn();
      await rows().nth(1).waitFor();
      await under.page.getByText('Signed in on Chrome on Linux').waitFor();
      const width = await under.page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBe(viewport.width);
      await under.window.screenshot(`sessions-${colorScheme}-${viewport.width}`);
    },
  );
});
