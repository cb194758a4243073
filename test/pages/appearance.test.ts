import { signIn } from '../harness/api.js';
import { accessibilityFindings } from '../harness/accessibility.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };
const SMALL_PHONE = { width: 320, height: 640 };

const LOOKS = [
  { name: 'light-1280', viewport: DESKTOP, media: { colorScheme: 'light' } },
  { name: 'dark-390', viewport: PHONE, media: { colorScheme: 'dark' } },
  { name: 'light-320', viewport: SMALL_PHONE, media: { colorScheme: 'light' } },
  { name: 'forced-1280', viewport: DESKTOP, media: { forcedColors: 'active' } },
] as const;

describe('the appearance of the pages', () => {
  const under = pageUnderTest({ path: '/sessions' });
  const rows = () =>
    under.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');

  /** Asserts that the state of the page fits the screen and is accessible, and keeps a picture of it. */
  async function examine(state: string, exclude?: readonly string[]) {
    // Contrast is measured when dialogs have faded in.
    await under.page.evaluate(
      'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))',
    );
    await under.window.screenshot(state);
    const width = await under.page.evaluate('document.documentElement.scrollWidth');
    expect({ state, width }).toEqual({ state, width: under.page.viewportSize()?.width });
    expect({ state, found: await accessibilityFindings(under.page, exclude) }).toEqual({
      state,
      found: [],
    });
  }

  /** Asserts that nothing of the dialog is outside the screen, and that fingers can hit its buttons. */
  async function examineDialog(name: string) {
    const dialog = under.page.getByRole('dialog', { name });
    const { width: screen, height } = under.page.viewportSize() ?? DESKTOP;
    const box = await dialog.boundingBox();
    if (box === null) throw new Error(`The dialog ${name} is not shown.`);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(screen);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
    if (screen === DESKTOP.width) return;
    expect(box.width).toBe(screen);
    for (const button of await dialog.getByRole('button').all()) {
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  }

  it.each(LOOKS)(
    'shows every state of the sessions page accessibly and within the screen ($name)',
    async ({ name, viewport, media }) => {
      const { page, service, wallet } = under;
      await page.setViewportSize(viewport);
      await page.emulateMedia(media);
      await under.button('Sign in with wallet').waitFor();
      await examine(`sessions-signed-out-${name}`);

      await under.button('Sign in with wallet').click();
      await examine(`sessions-sign-in-${name}`);
      await examineDialog('Sign in with');
      await page.keyboard.press('Escape');

      await signIn(service.url, wallet, { device: 'Work laptop', walletType: 'MetaMask' });
      await signIn(service.url, wallet, { device: 'Phone', walletType: 'WalletConnect' });
      await under.signIn();
      await rows().nth(2).waitFor();
      await page.getByText('Signed in on Work laptop').waitFor();
      await examine(`sessions-list-${name}`);

      await accountButton(page, wallet.address).click();
      await examine(`sessions-account-${name}`);
      await page.keyboard.press('Escape');

      await under.button('Sign out Phone').click();
      await examine(`sessions-confirm-${name}`);
      await examineDialog('Sign out Phone?');
      await page.keyboard.press('Escape');

      await under.button('Sign out everywhere else').click();
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await rows().nth(1).waitFor({ state: 'detached' });
      await page.getByText('Signed out of 2 devices from this device').waitFor();
      await examine(`sessions-alone-${name}`);
    },
  );

  it.each(LOOKS)('shows GraphiQL within the screen ($name)', async ({ name, viewport, media }) => {
    await under.page.setViewportSize(viewport);
    await under.page.emulateMedia(media);
    await under.page.goto(new URL('/graphql', under.service.url).href);
    await under.page.getByRole('tab', { name: 'CurrentSession' }).waitFor();
    await under.page.locator('.graphiql-query-editor .view-line').first().waitFor();
    // GraphiQL's own elements are its own.
    await examine(`graphiql-signed-out-${name}`, ['.graphiql-container']);
    await under.signIn();
    await examine(`graphiql-signed-in-${name}`, ['.graphiql-container']);
  });
});
