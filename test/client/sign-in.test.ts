import { BrowserProvider, Wallet } from 'ethers';
import { createWalletClient, custom } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { mainnet } from 'viem/chains';
import { RefusedError, WalletError, type Eip1193Provider } from '../../client/src/index.js';
import { closeClients, openClient } from '../harness/client.js';
import { aProvider } from '../harness/eip1193-provider.js';
import { startTestService, type TestService } from '../harness/service.js';

describe('signing in with the client', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { SIGN_IN_CHAIN_IDS: '1,10' });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('takes an EIP-1193 provider, on the chain that the wallet is on', async () => {
    const provider = aProvider({ chainId: 10 });
    const client = openClient(service);
    const described = { walletType: 'Test Wallet', device: 'Laptop' };
    const session = await client.signIn(provider, described);
    expect(session).toMatchObject({ wallet: provider.address, chainId: 10, ...described });
    expect(client.state).toEqual({ status: 'signed-in', session });
    expect(await client.session()).toEqual(session);
  });

  it('takes a signer of ethers', async () => {
    const signer = Wallet.createRandom();
    expect((await openClient(service).signIn(signer)).wallet).toBe(signer.address);
  });

  it('takes the signer that ethers makes of a provider, on the chain that it is on', async () => {
    const provider = aProvider({ chainId: 10 });
    const signer = await new BrowserProvider(provider).getSigner();
    const session = await openClient(service).signIn(signer);
    expect(session).toMatchObject({ wallet: provider.address, chainId: 10 });
  });

  it('takes an account of viem', async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    expect((await openClient(service).signIn(account)).wallet).toBe(account.address);
  });

  it('takes a wallet client of viem, with its provider’s account or with a local one', async () => {
    const provider = aProvider();
    const transport = custom(provider);
    const overProvider = createWalletClient({ chain: mainnet, transport });
    const account = privateKeyToAccount(generatePrivateKey());
    const local = createWalletClient({ account, chain: mainnet, transport });

    await overProvider.requestAddresses();
    expect((await openClient(service).signIn(overProvider)).wallet).toBe(provider.address);
    expect((await openClient(service).signIn(local)).wallet).toBe(account.address);
  });

  it('signs in on the chain that it is told to', async () => {
    const client = openClient(service);
    expect((await client.signIn(aProvider(), { chainId: 10 })).chainId).toBe(10);
  });

  it('says WALLET_REJECTED where the owner of the wallet declines', async () => {
    const client = openClient(service);
    const refusal = client.signIn(aProvider({ declines: true }));
    await expect(refusal).rejects.toBeInstanceOf(WalletError);
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_REJECTED', cause: { code: 4001 } });
    expect(client.state).toEqual({ status: 'signed-out' });
  });

  it('says WALLET_FAILED where the wallet has no account for the page', async () => {
    const refusal = openClient(service).signIn({ request: () => Promise.resolve([]) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
  });

  it('says WALLET_MISSING where there is no wallet, as a browser may have none', async () => {
    const { ethereum } = globalThis as { ethereum?: Eip1193Provider };
    const refusal = openClient(service).signIn(ethereum as Eip1193Provider);
    await expect(refusal).rejects.toBeInstanceOf(WalletError);
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_MISSING' });
  });

  it('says WALLET_FAILED where the wallet gives no reason', async () => {
    const noReason = undefined as unknown as Error;
    const refusal = openClient(service).signIn({ request: () => Promise.reject(noReason) });
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_FAILED' });
  });

  it('says the service’s code where the service refuses', async () => {
    const refusal = openClient(service).signIn(aProvider({ chainId: 5 }));
    await expect(refusal).rejects.toBeInstanceOf(RefusedError);
    await expect(refusal).rejects.toMatchObject({ code: 'CHAIN_NOT_ALLOWED' });
  });

  it('ends the session that the client had before', async () => {
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
