import { openWindow } from '../harness/browser.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';
import { aSolanaWallet } from '../harness/solana-wallet.js';
import { registerStandardWallet } from '../harness/standard-wallet.js';

const KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;

describe('the sign-in dialog', () => {
  const under = pageUnderTest({
    path: '/sessions',
    environment: () => ({
      NODE_ENV: 'production',
      SESSION_KEYS: KEY,
      SIGN_IN_CHAIN_IDS: 'eip155:1,solana:devnet',
    }),
  });
  const wallet = () => under.page.getByRole('list', { name: 'Wallets' }).getByRole('button');
  const alert = () => under.page.getByRole('dialog').getByRole('alert');

  /** Has the wallet answer a method with a result or a refusal. */
  const answer = (method: string, given: { result?: string; code?: number }) =>
    under.page.evaluate(`testWalletAnswers[${JSON.stringify(method)}] = ${JSON.stringify(given)}`);

  beforeEach(() => under.button('Sign in with wallet').click());

  it('names the wallet that the browser announces and signs in with it', async () => {
    expect(await wallet().allInnerTexts()).toEqual(['Test Wallet\nEthereum']);
    await wallet().click();
    await under.button(/^Account 0x/).waitFor();
  });

  it('says that the owner declined, and signs in when the wallet is selected again', async () => {
    await answer('personal_sign', { code: 4001 });
    await wallet().click();
    await alert().getByText('You declined the request in Test Wallet.').waitFor();
    await under.page.evaluate('delete testWalletAnswers.personal_sign');
    await wallet().click();
    await under.button(/^Account 0x/).waitFor();
  });

  it('asks for another network when the wallet is on one that is not allowed', async () => {
    await answer('eth_chainId', { result: '0x89' });
    await wallet().click();
    await alert().getByText('Switch to another network in the wallet').waitFor();
  });

  it('says that the service cannot be reached', async () => {
    await under.page.route('**/graphql', (route) => route.fulfill({ status: 502, body: 'bad' }));
    await wallet().click();
    await alert().getByText('The service cannot be reached.').waitFor();
    // The browser itself logs the refused request.
    under.window.forgive(/502/);
  });

  it('lists a wallet of the Wallet Standard and signs in with its account on the allowed cluster', async () => {
    const { page } = under;
    const solanaWallet = aSolanaWallet();
    await registerStandardWallet(under.window.context, 'Solar', solanaWallet);
    await page.reload();
    await under.button('Sign in with wallet').click();
    expect(await wallet().allInnerTexts()).toEqual(['Test Wallet\nEthereum', 'Solar\nSolana']);
    await under.window.screenshot('sign-in-solana');
    await under.button('Solar').click();

    await accountButton(page, solanaWallet.address).click();
    const account = page.getByRole('dialog', { name: 'Account' });
    await account.getByText(solanaWallet.address).waitFor();
    await account.getByText('Solana account').waitFor();
    await page.keyboard.press('Escape');
    const row = page.getByRole('list', { name: 'Active sessions' }).getByRole('listitem');
    for (const fact of ['Solar', 'Solana account']) await row.getByText(fact).first().waitFor();
    const kept = await page.evaluate('JSON.stringify({ ...sessionStorage })');
    expect(kept).toContain(`solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1:${solanaWallet.address}`);
  });

  it('says what to do in a browser without a wallet', async () => {
    const { browser } = under;
    const other = await openWindow(browser, undefined);
    await other.page.goto(new URL('/sessions', under.service.url).href);
    await other.page.getByRole('button', { name: 'Sign in with wallet' }).click();
    const dialog = other.page.getByRole('dialog', { name: 'Sign in', exact: true });
    await dialog.getByText('This browser has no wallet.').waitFor();
    expect(await dialog.getByRole('checkbox').count()).toBe(0);
    await other.page.getByRole('button', { name: 'Reload the page' }).waitFor();
    await other.screenshot('sign-in-no-wallet');
    await other.context.close();
  });
});
