import { startChain, type TestChain } from '../harness/chain.js';
import { aDeployedWallet } from '../harness/contract-wallet.js';
import { accountButton, pageUnderTest } from '../harness/page-under-test.js';

describe('a contract wallet that has signed in', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterAll(() => chain.close());
  const under = pageUnderTest({
    path: '/sessions',
    environment: () => ({ RPC_URLS: `eip155:1=${chain.url}` }),
    makeWallet: () => aDeployedWallet(chain),
  });

  it.each(['/sessions', '/graphql'])(
    'shows a signed-in contract wallet with its address and chain at %s',
    async (path) => {
      await under.page.goto(new URL(path, under.service.url).href);
      await under.signIn();
      await accountButton(under.page, under.wallet.address).click();
      const account = under.page.getByRole('dialog', { name: 'Account' });
      await account.getByText(under.wallet.address).waitFor();
      await account.getByText('Contract on chain 1').waitFor();
    },
  );
});
