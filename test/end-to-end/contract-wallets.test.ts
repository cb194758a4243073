import { CreateSignInChallengeDocument, SignInDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startChain, type TestChain } from '../harness/chain.js';
import { aCounterfactualWallet, aDeployedWallet } from '../harness/contract-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

describe.each(EVERY_DEPLOYMENT)('sign-in with a contract wallet on the %s store', (store) => {
  let chain: TestChain;
  let service: TestService;

  beforeAll(async () => {
    chain = await startChain(10);
    service = await startTestService(store, {
      SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10',
      RPC_URLS: `eip155:10=${chain.url}`,
    });
  });
  afterEach(() => {
    chain.misbehave(undefined);
  });
  afterAll(async () => {
    await service.stop();
    await chain.close();
  });

  const client = () => apiClient(service.url);

  /** A signed challenge for the wallet, ready for `signIn`. */
  async function answerOf(
    wallet: TestWallet,
    signer: Pick<TestWallet, 'sign'> = wallet,
    chainId = 'eip155:10',
  ) {
    const { createSignInChallenge } = await client().request(CreateSignInChallengeDocument, {
      account: `eip155:0:${wallet.address}`,
      chainId,
    });
    const message = createSignInChallenge.message ?? '';
    return { message, signature: await signer.sign(message) };
  }

  it('signs in with a deployed contract wallet (EIP-1271)', async () => {
    const wallet = await aDeployedWallet(chain);
    const { signIn: grant } = await client().request(SignInDocument, await answerOf(wallet));
    expect(grant.session).toMatchObject({ wallet: wallet.account, chainId: 'eip155:10' });
  });

  it('signs in with a contract wallet that is not deployed yet (EIP-6492)', async () => {
    const wallet = await aCounterfactualWallet(chain);
    const { signIn: grant } = await client().request(SignInDocument, await answerOf(wallet));
    expect(grant.session).toMatchObject({ wallet: wallet.account, chainId: 'eip155:10' });
  });

  it('accepts a challenge signed by a contract wallet once', async () => {
    const answer = await answerOf(await aDeployedWallet(chain));
    await client().request(SignInDocument, answer);
    expect(await refusalOf(client(), SignInDocument, answer)).toBe('NONCE_INVALID');
  });

  it('refuses a signature of a stranger for a contract wallet and keeps the nonce valid for its owner', async () => {
    const wallet = await aDeployedWallet(chain);
    const { message, signature } = await answerOf(wallet, aWallet());
    expect(await refusalOf(client(), SignInDocument, { message, signature })).toBe(
      'SIGNATURE_INVALID',
    );
    await client().request(SignInDocument, { message, signature: await wallet.sign(message) });
  });

  it('refuses a contract wallet on a chain without an RPC', async () => {
    const wallet = await aDeployedWallet(chain);
    const asked = chain.requests.length;
    const answer = await answerOf(wallet, wallet, 'eip155:1');
    expect(await refusalOf(client(), SignInDocument, answer)).toBe('SIGNATURE_INVALID');
    expect(chain.requests).toHaveLength(asked);
  });

  it('asks the chain about a signature only when the service issued the nonce', async () => {
    const { message, signature } = await answerOf(await aDeployedWallet(chain));
    const asked = chain.requests.length;
    const made = message.replace(/Nonce: .*/, 'Nonce: 0123456789abcdef');
    expect(await refusalOf(client(), SignInDocument, { message: made, signature })).toBe(
      'NONCE_INVALID',
    );
    expect(chain.requests).toHaveLength(asked);
  });

  it('refuses a contract wallet while the RPC is down, and accepts the same nonce afterwards', async () => {
    const wallet = await aDeployedWallet(chain);
    const answer = await answerOf(wallet);
    chain.misbehave((_request, response) => response.destroy());
    expect(await refusalOf(client(), SignInDocument, answer)).toBe(
      'WALLET_VERIFICATION_UNAVAILABLE',
    );
    chain.misbehave(undefined);
    const { signIn: grant } = await client().request(SignInDocument, answer);
    expect(grant.session.wallet).toBe(wallet.account);
  });

  it('signs in with an account without asking an RPC, even while the RPC is down', async () => {
    chain.misbehave((_request, response) => response.destroy());
    const asked = chain.requests.length;
    const account = aWallet();
    expect((await signIn(service.url, account)).session.wallet).toBe(account.account);
    const { signIn: grant } = await client().request(SignInDocument, await answerOf(account));
    expect(grant.session).toMatchObject({ wallet: account.account, chainId: 'eip155:10' });
    expect(chain.requests).toHaveLength(asked);
  });

  it('logs what is wrong with the RPC, without its URL', async () => {
    const answer = await answerOf(await aDeployedWallet(chain));
    chain.misbehave((_request, response) => {
      response.statusCode = 401;
      response.end();
    });
    await refusalOf(client(), SignInDocument, answer);
    expect(service.log.join('\n')).toContain('The RPC returned the HTTP status 401.');
    expect(service.log.join('\n')).not.toContain('key-of-the-rpc');
  });
});
