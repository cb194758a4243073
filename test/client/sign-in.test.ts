import { BrowserProvider, Wallet } from 'ethers';
import { createWalletClient, custom } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { mainnet } from 'viem/chains';
import { RefusedError, WalletError, type Eip1193Provider } from '../../client/src/index.js';
import { closeClients, openClient } from '../harness/client.js';
import { aProvider } from '../harness/eip1193-provider.js';
import { startTestService, type TestService } from '../harness/service.js';

describe('sign-in with the client', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: 'eip155:1,eip155:10' });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('signs in with an EIP-1193 provider on the chain of the wallet', async () => {
    const provider = aProvider({ chainId: 10 });
    const client = openClient(service);
    const described = { walletType: 'Test Wallet', device: 'Laptop' };
    const session = await client.signIn(provider, described);
    expect(session).toMatchObject({ wallet: provider.account, chainId: 'eip155:10', ...described });
    expect(client.state).toEqual({ status: 'signed-in', session });
    expect(await client.session()).toEqual(session);
  });

  it('signs in with an ethers signer', async () => {
    const signer = Wallet.createRandom();
    expect((await openClient(service).signIn(signer)).wallet).toBe(`eip155:0:${signer.address}`);
  });

  it('signs in with an ethers signer of a provider on the chain of the wallet', async () => {
    const provider = aProvider({ chainId: 10 });
    const signer = await new BrowserProvider(provider).getSigner();
    const session = await openClient(service).signIn(signer);
    expect(session).toMatchObject({ wallet: provider.account, chainId: 'eip155:10' });
  });

  it('signs in with a viem account', async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    expect((await openClient(service).signIn(account)).wallet).toBe(`eip155:0:${account.address}`);
  });

  it('signs in with a viem wallet client that has an account of its provider or a local one', async () => {
    const provider = aProvider();
    const transport = custom(provider);
    const overProvider = createWalletClient({ chain: mainnet, transport });
    const account = privateKeyToAccount(generatePrivateKey());
    const local = createWalletClient({ account, chain: mainnet, transport });

    await overProvider.requestAddresses();
    expect((await openClient(service).signIn(overProvider)).wallet).toBe(provider.account);
    expect((await openClient(service).signIn(local)).wallet).toBe(`eip155:0:${account.address}`);
  });

  it('signs in on the given chain', async () => {
    const client = openClient(service);
    expect((await client.signIn(aProvider(), { chainId: 'eip155:10' })).chainId).toBe('eip155:10');
  });

  it('rejects sign-in with WALLET_REJECTED when the owner of the wallet declines', async () => {
    const client = openClient(service);
    const refusal = client.signIn(aProvider({ declines: true }));
    await expect(refusal).rejects.toBeInstanceOf(WalletError);
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_REJECTED', cause: { code: 4001 } });
    expect(client.state).toEqual({ status: 'signed-out' });
  });

  it.each<[string, unknown]>([
    ['the code of EIP-1193', { code: 4001 }],
    ['a code of WalletConnect', { code: 5002, message: 'User rejected methods.' }],
    ['the name of ethers', Object.assign(new Error('…'), { code: 'ACTION_REJECTED' })],
    ['an error in an error', { code: -32603, data: { originalError: { code: 4001 } } }],
    ['an error of ethers with that of the provider', { info: { error: { code: 4001 } } }],
    ['a cause', new Error('…', { cause: { code: 5000 } })],
    ['a bare text', 'User denied message signature'],
  ])('recognises %s as a declined signature', async (_form, error) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- Wallets reject with any value.
    const refusal = openClient(service).signIn({ request: () => Promise.reject(error) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_REJECTED', cause: error });
  });

  it.each<[string, unknown]>([
    ['a code of another kind', { code: -32603, message: 'Internal error' }],
    ['a text of another kind', 'The device is locked'],
    ['an error that wraps itself', circular()],
  ])('does not take %s for a declined signature', async (_form, error) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- Wallets reject with any value.
    const refusal = openClient(service).signIn({ request: () => Promise.reject(error) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
  });

  it.each<[unknown, number]>([
    ['0xa', 10],
    [10, 10],
    ['10', 10],
    ['eip155:10', 10],
  ])('reads the chain id %p of a wallet', async (answer, chainId) => {
    const session = await openClient(service).signIn(onChain(answer));
    expect(session.chainId).toBe(`eip155:${chainId}`);
  });

  it.each<[unknown]>([['solana:mainnet'], [''], [null], [undefined], ['0x'], [0]])(
    'refuses the chain id %p of a wallet instead of signing on another chain',
    async (answer) => {
      const refusal = openClient(service).signIn(onChain(answer));
      await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
    },
  );

  it('rejects sign-in with WALLET_FAILED when the wallet has no account for the page', async () => {
    const refusal = openClient(service).signIn({ request: () => Promise.resolve([]) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
  });

  it('rejects sign-in with WALLET_MISSING when the browser has no wallet', async () => {
    const { ethereum } = globalThis as { ethereum?: Eip1193Provider };
    const refusal = openClient(service).signIn(ethereum as Eip1193Provider);
    await expect(refusal).rejects.toBeInstanceOf(WalletError);
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_MISSING' });
  });

  it('rejects sign-in with WALLET_FAILED when the wallet gives no reason', async () => {
    const noReason = undefined as unknown as Error;
    const refusal = openClient(service).signIn({ request: () => Promise.reject(noReason) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
  });

  it('rejects sign-in with the error code of the service when it refuses', async () => {
    const refusal = openClient(service).signIn(aProvider({ chainId: 5 }));
    await expect(refusal).rejects.toBeInstanceOf(RefusedError);
    await expect(refusal).rejects.toMatchObject({ code: 'CHAIN_NOT_ALLOWED' });
  });

  it('ends the previous session of the client after another sign-in', async () => {
    const wallet = Wallet.createRandom();
    const [client, witness] = [openClient(service), openClient(service)];
    await witness.signIn(wallet);
    const first = await client.signIn(wallet);
    const second = await client.signIn(wallet);
    expect(await witness.heard('revocation')).toMatchObject({
      sessionId: first.id,
      reason: 'LOGOUT',
    });
    expect(client.state.session?.id).toBe(second.id);
    expect(client.told('end')).toEqual([]);
  });
});

/** A wallet that names its chain like this. */
function onChain(answer: unknown): Eip1193Provider {
  const provider = aProvider();
  return {
    request: (request) =>
      request.method === 'eth_chainId' ? Promise.resolve(answer) : provider.request(request),
  };
}

function circular(): unknown {
  const error: { code: number; data?: unknown } = { code: -32603 };
  error.data = error;
  return error;
}
