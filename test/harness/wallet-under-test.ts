import type { SessionLifecycle } from '../../src/lifecycle/session-lifecycle.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import type { AccountId } from '../../src/accounts/account-id.js';
import { openDomain, type TestDomain } from './domain.js';
import { aWallet } from './wallet.js';

/** The source of the requests in these tests. */
export const SOURCE = {
  ipAddress: '203.0.113.7',
  userAgent: 'Agent/1.0',
  requestId: 'request-1',
};

export interface WalletUnderTest {
  readonly wallet: AccountId;
  /** The domain that is open for the current test. */
  readonly domain: TestDomain;
  /** @param of the wallet. Default: the wallet under test */
  create(of?: AccountId, within?: { readonly sessions: SessionLifecycle }): Promise<SessionGrant>;
  refresh(token: string): Promise<SessionGrant>;
  isAlive(accessToken: string): Promise<boolean>;
}

/** A wallet and its session operations, in a domain that is opened for each test of the surrounding `describe`. */
export function walletUnderTest(): WalletUnderTest {
  const { account: wallet } = aWallet();
  let domain: TestDomain;
  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());
  return {
    wallet,
    get domain() {
      return domain;
    },
    create: (of = wallet, within = domain) =>
      within.sessions.create({ wallet: of, chainId: 'eip155:1', walletType: 'MetaMask' }, SOURCE),
    refresh: (token) => domain.sessions.refresh(token, SOURCE),
    isAlive: async (accessToken) => (await domain.sessions.authenticate(accessToken)) !== undefined,
  };
}
