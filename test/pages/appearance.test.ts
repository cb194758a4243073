import { resolve } from 'node:path';
import { signIn } from '../harness/api.js';
import { accessibilityFindings } from '../harness/accessibility.js';
import { inEachLook, type Look } from '../harness/looks.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';
import { aProof, aProofKey } from '../harness/proof.js';

interface Examination {
  /** Selectors of what is not ours to change. */
  readonly exclude?: readonly string[];
  /** The name of the dialog that is shown. */
  readonly dialog?: string;
  /** Resolves when scripts of the page have applied the look. Default: only its style sheets do. */
  readonly applied?: (look: Look) => Promise<void>;
}

/** The class of Monaco's theme for a look. */
function themeFor({ colorScheme, forcedColors }: Look['media']): string {
  if (forcedColors === 'active') return 'hc-light';
  return colorScheme === 'dark' ? 'vs-dark' : 'vs';
}

describe('the appearance of the pages', () => {
  const under = pageUnderTest({
    path: '/sessions',
    environment: () => ({
      SIGN_IN_CHAIN_IDS: 'eip155:1,solana:mainnet',
      PLACE_MODULE: resolve(__dirname, '../harness/place-module.mjs'),
    }),
  });
  const rows = () =>
    under.page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');

  /** Asserts that the state of the page fits each screen and is accessible, and keeps pictures of it. */
  const examine = (state: string, { exclude, dialog, applied }: Examination = {}) =>
    inEachLook(under.page, async (look) => {
      const { name, viewport } = look;
      await applied?.(look);
      await under.window.screenshot(`${state}-${name}`);
      const width = await under.page.evaluate('document.documentElement.scrollWidth');
      expect({ state, name, width }).toEqual({ state, name, width: viewport.width });
      const found = await accessibilityFindings(under.page, exclude);
      expect({ state, name, found }).toEqual({ state, name, found: [] });
      if (dialog !== undefined) await examineDialog(dialog, viewport);
    });

  /** Asserts that nothing of the dialog is outside the screen, and that fingers can hit its buttons. */
  async function examineDialog(name: string, { width: screen, height }: Look['viewport']) {
    const dialog = under.page.getByRole('dialog', { name });
    const box = await dialog.boundingBox();
    if (box === null) throw new Error(`The dialog ${name} is not shown.`);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(screen);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
    if (screen >= 1280) return;
    expect(box.width).toBe(screen);
    for (const button of await dialog.getByRole('button').all()) {
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  }

  /** Resolves when GraphiQL's editors have the colours of the theme, which a script gives them. */
  const editorsHave = (theme: string) =>
    under.page.locator(`.graphiql-response .monaco-editor.${theme}`).first().waitFor();

  it('shows every state of the sessions page accessibly and within the screen, in every look', async () => {
    const { page, service, wallet } = under;
    await under.button('Sign in with wallet').waitFor();
    await examine('sessions-signed-out');

    await under.button('Sign in with wallet').click();
    await examine('sessions-sign-in', { dialog: 'Sign in with' });
    await page.keyboard.press('Escape');

    await signIn(service.url, wallet, { device: 'Work laptop', walletType: 'MetaMask' });
    const phone = { device: 'Phone', walletType: 'WalletConnect' };
    await signIn(service.url, wallet, phone, {
      dpop: aProof(aProofKey(), service.url, Date.now()),
    });
    await under.signIn();
    await rows().nth(2).waitFor();
    await page.getByText('Signed in on Work laptop').waitFor();
    await rows().nth(1).getByText('Bound to its device’s key').waitFor();
    await rows().nth(2).getByText('This machine, Earth').waitFor();
    await examine('sessions-list');

    await accountButton(page, wallet.address).click();
    await examine('sessions-account');
    await page.keyboard.press('Escape');

    await under.button('Sign out Phone').click();
    await examine('sessions-confirm', { dialog: 'Sign out Phone?' });
    await page.keyboard.press('Escape');

    await under.button('Sign out everywhere else').click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await rows().nth(1).waitFor({ state: 'detached' });
    await page.getByText('Signed out of 2 devices from this device').waitFor();
    await examine('sessions-alone');
  });

  it('shows GraphiQL accessibly and within the screen, in every look', async () => {
    const { page, service } = under;
    await page.goto(new URL('/graphql', service.url).href);
    await page.getByRole('tab', { name: 'CurrentSession' }).waitFor();
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    // What is in GraphiQL is the same in both states, and examined in the second one.
    await examine('graphiql-signed-out', { exclude: ['.graphiql-container'] });
    await under.signIn();
    await under.button(/^Execute query/).click();
    await page.locator('.graphiql-response').getByText('"session": {').waitFor();
    await examine('graphiql-signed-in', {
      // GraphiQL puts the buttons that close its tabs into the tabs, which only GraphiQL can change.
      exclude: ['.graphiql-tab'],
      applied: ({ media }) => editorsHave(themeFor(media)),
    });
  });
});
