import type { SessionLifecycle } from '../../src/session/lifecycle/index.js';
import type { SessionGrant } from '../../src/session/session.js';
import type { Address } from '../../src/session/wallet.js';
import type { TestDomain } from './domain.js';

/** Where the requests of these tests come from. */
export const SOURCE = {
  ipAddress: '203.0.113.7',
  userAgent: 'Agent/1.0',
  requestId: 'request-1',
};

export interface SessionActions {
  /** @param of the wallet; without it, the one of the test */
  create(of?: Address, within?: { readonly sessions: SessionLifecycle }): Promise<SessionGrant>;
  refresh(token: string): Promise<SessionGrant>;
  isAlive(accessToken: string): Promise<boolean>;
}

/** What a wallet does with its sessions, in the domain that the test has open. */
export function sessionActions(domain: () => TestDomain, wallet: Address): SessionActions {
  return {
    create: (of = wallet, within = domain()) =>
      within.sessions.create({ wallet: of, chainId: 1, walletType: 'MetaMask' }, SOURCE),
    refresh: (token) => domain().sessions.refresh(token, SOURCE),
    isAlive: async (accessToken) =>
      (await domain().sessions.authenticate(accessToken)) !== undefined,
  };
}
