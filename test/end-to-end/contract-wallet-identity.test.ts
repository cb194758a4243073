import {
  AllAuditEventsDocument,
  AuditEventsDocument,
  CreateSignInChallengeDocument,
  LogoutAllDocument,
  LogoutDocument,
  ReauthenticateDocument,
  RevokeSessionDocument,
  SessionsDocument,
  SignInDocument,
  StatisticsDocument,
  WalletSessionsDocument,
} from '../generated/graphql.js';
import type { RevocationReason } from '../../src/sessions/session.js';
import { apiClient, refusalOf, signIn, type TokenGrant } from '../harness/api.js';
import { startChain, type TestChain } from '../harness/chain.js';
import { aDeployedWallet, type ContractWallet } from '../harness/contract-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const ETHEREUM = 'eip155:1';
const OPTIMISM = 'eip155:10';
const BASE = 'eip155:8453';

/** A signed challenge for the wallet on that chain. */
async function answerOf(url: string, chainId: string, wallet: TestWallet | undefined) {
  if (wallet === undefined) throw new Error('There is no wallet.');
  const { createSignInChallenge } = await apiClient(url).request(CreateSignInChallengeDocument, {
    account: `eip155:0:${wallet.address}`,
    chainId,
  });
  const message = createSignInChallenge.message ?? '';
  return { message, signature: await wallet.sign(message) };
}

async function signInOn(
  url: string,
  chainId: string,
  wallet: TestWallet | undefined,
): Promise<TokenGrant> {
  const answer = await answerOf(url, chainId, wallet);
  return (await apiClient(url).request(SignInDocument, answer)).signIn as TokenGrant;
}

describe.each(EVERY_STORE)('a contract at one address on two chains, on the %s store', (store) => {
  let chains: TestChain[];
  let service: TestService;
  /** Two contracts at the same address with different owners. */
  let [alices, mallorys]: ContractWallet[] = [];
  let [alice, mallory]: TokenGrant[] = [];

  beforeAll(async () => {
    chains = await Promise.all([startChain(10), startChain(8453)]);
    [alices, mallorys] = await Promise.all(chains.map((chain) => aDeployedWallet(chain)));
    service = await startTestService(store, {
      SIGN_IN_CHAIN_IDS: `${ETHEREUM},${OPTIMISM},${BASE}`,
      RPC_URLS: `${OPTIMISM}=${chains[0]?.url},${BASE}=${chains[1]?.url}`,
      SESSION_LIMIT: '3',
      ADMIN_WALLETS: `${OPTIMISM}:${alices?.address}`,
    });
  });
  beforeEach(async () => {
    alice = await signInOn(service.url, OPTIMISM, alices);
    mallory = await signInOn(service.url, BASE, mallorys);
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all(chains.map((chain) => chain.close()));
  });

  const as = (grant: TokenGrant | undefined) => apiClient(service.url, grant?.accessToken);
  const idOf = (grant: TokenGrant | undefined) => grant?.session.id ?? '';

  async function sessionsOf(grant: TokenGrant | undefined): Promise<string[]> {
    const { sessions } = await as(grant).request(SessionsDocument, {});
    return sessions.edges.map(({ node }) => node.id);
  }

  it("treats contracts at one address on two chains as two wallets that do not see each other's sessions", async () => {
    expect(alice?.session.wallet).toBe(alices?.account);
    expect(mallory?.session.wallet).toBe(mallorys?.account);
    expect(alices?.address).toBe(mallorys?.address);
    const [ofAlice, ofMallory] = [await sessionsOf(alice), await sessionsOf(mallory)];
    expect(ofAlice).toContain(idOf(alice));
    expect(ofMallory).toContain(idOf(mallory));
    expect(ofAlice.filter((id) => ofMallory.includes(id))).toEqual([]);
  });

  it('ends no sessions of the contract at the same address on another chain', async () => {
    const sessionId = idOf(alice);
    expect(await refusalOf(as(mallory), LogoutDocument, { sessionId })).toBe('SESSION_NOT_FOUND');
    await as(mallory).request(LogoutAllDocument, {});
    expect(await sessionsOf(alice)).toContain(sessionId);
  });

  it('counts the sessions of a contract separately on each chain towards the session limit', async () => {
    await signInOn(service.url, BASE, mallorys);
    await signInOn(service.url, BASE, mallorys);
    await signInOn(service.url, BASE, mallorys);
    expect(await sessionsOf(alice)).toContain(idOf(alice));
  });

  it('notifies a contract of the revocations of its own chain only', async () => {
    const heard: [string, RevocationReason][] = [];
    const named = `${BASE}:${alices?.address}` as const;
    const { sessions } = service.services;
    const heardIt = new Promise<void>((resolve, reject) => {
      sessions
        .watch(named, ({ sessionId, reason }) => {
          heard.push([sessionId, reason]);
          if (sessionId === idOf(mallory)) resolve();
        })
        .then(() => as(alice).request(LogoutDocument, {}))
        .then(() => as(mallory).request(LogoutDocument, {}))
        .catch(reject);
    });
    await heardIt;
    expect(heard).toEqual([[idOf(mallory), 'LOGOUT']]);
  });

  it('reauthenticates the session of a contract only with a signature for its own chain', async () => {
    const [ofAlice, ofMallory] = [
      await answerOf(service.url, OPTIMISM, alices),
      await answerOf(service.url, BASE, mallorys),
    ];
    expect(await refusalOf(as(alice), ReauthenticateDocument, ofMallory)).toBe('WALLET_MISMATCH');
    await as(alice).request(ReauthenticateDocument, ofAlice);
  });

  it('shows a contract only the audit events of its own chain', async () => {
    const { message } = await answerOf(service.url, OPTIMISM, alices);
    const signature = await aWallet().sign(message);
    expect(await refusalOf(as(undefined), SignInDocument, { message, signature })).toBe(
      'SIGNATURE_INVALID',
    );
    await service.services.auditLog.flush();
    const eventsOf = async (grant: TokenGrant | undefined) =>
      (await as(grant).request(AuditEventsDocument, {})).auditEvents.edges.map(({ node }) => node);
    const [ofAlice, ofMallory] = [await eventsOf(alice), await eventsOf(mallory)];
    expect(ofAlice.map(({ reason }) => reason)).toContain('SIGNATURE_INVALID');
    expect(ofMallory.map(({ reason }) => reason)).not.toContain('SIGNATURE_INVALID');
    const created = (events: typeof ofAlice) =>
      new Set(events.filter(({ type }) => type === 'SESSION_CREATED').map(({ wallet }) => wallet));
    expect([created(ofAlice), created(ofMallory)]).toEqual([
      new Set([alices?.account]),
      new Set([mallorys?.account]),
    ]);
  });

  it('grants administration to a contract only on the chain that ADMIN_WALLETS names', async () => {
    await as(alice).request(StatisticsDocument, {});
    expect(await refusalOf(as(mallory), StatisticsDocument, {})).toBe('FORBIDDEN');
    await service.services.auditLog.flush();
    const { allAuditEvents } = await as(alice).request(AllAuditEventsDocument, { first: 1 });
    expect(allAuditEvents.edges[0]?.node).toMatchObject({
      type: 'ADMINISTRATION_REFUSED',
      actor: mallorys?.account,
    });
  });

  it('finds and ends the sessions of a contract by its address and chain', async () => {
    const sessionId = idOf(mallory);
    const nameOn = (chain: string) => `${chain}:${mallorys?.address}`;
    const found = async (chain: string) => {
      const wallet = nameOn(chain);
      const { walletSessions } = await as(alice).request(WalletSessionsDocument, { wallet });
      return walletSessions.edges.map(({ node }) => node.id);
    };
    expect(await found(BASE)).toContain(sessionId);
    expect(await found(OPTIMISM)).not.toContain(sessionId);
    expect(await found('eip155:0')).toEqual([]);
    await as(alice).request(RevokeSessionDocument, { wallet: nameOn(BASE), sessionId });
    expect(await found(BASE)).not.toContain(sessionId);
  });
});

describe('a wallet on several chains', () => {
  it('treats an EOA as one wallet on all chains', async () => {
    const service = await startTestService('embedded', {
      SIGN_IN_CHAIN_IDS: `${ETHEREUM},${OPTIMISM}`,
    });
    const wallet = aWallet();
    const first = await signInOn(service.url, ETHEREUM, wallet);
    const second = await signInOn(service.url, OPTIMISM, wallet);
    const { sessions } = await apiClient(service.url, second.accessToken).request(
      SessionsDocument,
      {},
    );
    expect(sessions.edges.map(({ node }) => node.id).sort()).toEqual(
      [first.session.id, second.session.id].sort(),
    );
    await service.stop();
  });

  it('refuses administration to a contract if ADMIN_WALLETS contains the EOA at its address', async () => {
    const chain = await startChain(10);
    const contract = await aDeployedWallet(chain);
    const service = await startTestService('embedded', {
      SIGN_IN_CHAIN_IDS: OPTIMISM,
      RPC_URLS: `${OPTIMISM}=${chain.url}`,
      ADMIN_WALLETS: `eip155:0:${contract.address}`,
    });
    const { accessToken } = await signIn(service.url, contract);
    expect(await refusalOf(apiClient(service.url, accessToken), StatisticsDocument, {})).toBe(
      'FORBIDDEN',
    );
    await service.stop();
    await chain.close();
  });
});
