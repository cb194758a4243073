import { Wallet } from 'ethers';
import { createWalletClient, custom } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { mainnet } from 'viem/chains';
import {
  WalletError,
  type DocumentOptions,
  type Wallet as AnyWallet,
  type WalletSessionsClient,
} from '../../client/src/index.js';
import { RefreshDocument } from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { closeClients, listening, openClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { aProvider } from '../harness/eip1193-provider.js';
import { openProxy, type Proxy } from '../harness/proxy.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage } from '../harness/token-storage.js';

const MINUTE = 60_000;

describe('reauthentication with the client', () => {
  const clock = createFakeClock();
  const administrator = Wallet.createRandom();
  /** Answered REAUTHENTICATION_REQUIRED five minutes after the wallet has signed. */
  const STATISTICS = 'query Statistics { statistics { activeSessions } }';
  let service: TestService;
  let proxy: Proxy;
  beforeAll(async () => {
    service = await startTestService(
      'embedded',
      { ADMIN_WALLETS: `eip155:0:${administrator.address}` },
      clock,
    );
  });
  beforeEach(async () => {
    proxy = await openProxy(service.url);
  });
  afterEach(async () => {
    closeClients();
    await proxy.close();
  });
  afterAll(() => service.stop());

  const open = (options = {}) => openClient(proxy, { clock, ...options });
  const sent = (operation: string) => proxy.operations.filter((name) => name === operation).length;

  const local = privateKeyToAccount(generatePrivateKey());
  it.each<[string, AnyWallet]>([
    ['an EIP-1193 provider', aProvider()],
    ['a signer of ethers', Wallet.createRandom()],
    ['an account of viem', local],
    [
      'a wallet client of viem',
      createWalletClient({ account: local, chain: mainnet, transport: custom(aProvider()) }),
    ],
  ])('reauthenticates the current session with %s', async (_described, wallet) => {
    const client = open();
    const { id, expiresAt } = await client.signIn(wallet);
    const token = await client.accessToken();
    clock.advance(10 * MINUTE);

    const session = await client.reauthenticate(wallet);
    const authenticatedAt = new Date(clock.now()).toISOString();
    expect(session).toMatchObject({ id, authenticatedAt });
    expect(Date.parse(session.expiresAt)).toBe(Date.parse(expiresAt) + 10 * MINUTE);
    expect(client.state.session).toMatchObject({ id, authenticatedAt });
    expect(await client.accessToken()).not.toBe(token);
    await client.logout();
  });

  it('makes the session fresh only for the client with its new tokens, and not for the old access token', async () => {
    const client = open();
    await client.signIn(administrator);
    const stolen = apiClient(service.url, await client.accessToken());
    clock.advance(10 * MINUTE);
    await client.reauthenticate(administrator);
    await client.request(STATISTICS);
    await expect(stolen.request(STATISTICS)).rejects.toThrow('UNAUTHENTICATED');
    await client.logout();
  });

  it('shares a reauthentication with other tabs and stores it', async () => {
    const storage = aStorage();
    const [one, two] = [open({ name: 'both', storage }), open({ name: 'both', storage })];
    const wallet = Wallet.createRandom();
    await one.signIn(wallet);
    await two.heard('change', ({ status }) => status === 'signed-in');
    clock.advance(10 * MINUTE);

    const { authenticatedAt } = await one.reauthenticate(wallet);
    await two.heard('change', ({ session }) => session?.authenticatedAt === authenticatedAt);
    const late = open({ storage, name: 'both' });
    await late.ready;
    expect(late.state.session?.authenticatedAt).toBe(authenticatedAt);
  });

  it('reauthenticates a session whose tokens were refreshed elsewhere meanwhile', async () => {
    const storage = aStorage();
    const client = open({ storage });
    const wallet = Wallet.createRandom();
    const { id } = await client.signIn(wallet);
    const { refreshToken } = storage.grant();
    await apiClient(service.url).request(RefreshDocument, { refreshToken });
    expect((await client.reauthenticate(wallet)).id).toBe(id);
    expect((await client.sessions()).totalCount).toBe(1);
  });

  it('rejects reauthentication with another wallet with WALLET_MISMATCH and keeps the session', async () => {
    const client = open();
    await client.signIn(Wallet.createRandom());
    const { state } = client;
    const refusal = client.reauthenticate(Wallet.createRandom());
    await expect(refusal).rejects.toMatchObject({ code: 'WALLET_MISMATCH' });
    expect(client.state).toBe(state);
  });

  it('rejects reauthentication without a session with UNAUTHENTICATED', async () => {
    const refusal = open().reauthenticate(Wallet.createRandom());
    await expect(refusal).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    [
      'logout',
      (client: WalletSessionsClient, other: string, options: DocumentOptions) =>
        client.logout(other, options),
    ],
    [
      'logoutAll',
      (client: WalletSessionsClient, _other: string, options: DocumentOptions) =>
        client.logoutAll({ keepCurrent: true, ...options }),
    ],
  ])('lets %s end a later session by reauthentication with a given wallet', async (_name, end) => {
    const wallet = Wallet.createRandom();
    const client = open();
    await client.signIn(wallet);
    clock.advance(10 * MINUTE);
    const { id } = await open().signIn(wallet);
    await expect(end(client, id, {})).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    await end(client, id, { reauthenticate: wallet });
    expect((await client.sessions()).sessions.map((session) => session.id)).toEqual([
      client.state.session?.id,
    ]);
  });

  it('ends all other sessions at sign-in without reauthentication', async () => {
    const wallet = Wallet.createRandom();
    const other = open();
    await other.signIn(wallet);
    await listening(service, 1);
    clock.advance(10 * MINUTE);
    const client = open();
    await client.signIn(wallet, { logoutOthers: true });
    expect(await other.heard('end')).toMatchObject({ reason: 'LOGOUT_ALL' });
    expect((await client.sessions()).totalCount).toBe(1);
  });

  describe('a request that requires reauthentication', () => {
    it('rejects a request that requires reauthentication unless the application gives a wallet', async () => {
      const client = open();
      await client.signIn(administrator);
      clock.advance(10 * MINUTE);
      const refusal = client.request(STATISTICS);
      await expect(refusal).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect([sent('Statistics'), sent('Reauthenticate')]).toEqual([1, 0]);
    });

    it('reauthenticates with the given wallet when a request requires it and sends the request again', async () => {
      const client = open();
      await client.signIn(administrator);
      const ask = () => client.request(STATISTICS, {}, { reauthenticate: administrator });
      await ask();
      expect(sent('Reauthenticate')).toBe(0);

      clock.advance(10 * MINUTE);
      expect(await ask()).toMatchObject({ statistics: {} });
      expect([sent('Statistics'), sent('Reauthenticate')]).toEqual([3, 1]);
    });

    it('rejects a request that requires reauthentication when the owner of the wallet declines', async () => {
      const client = open();
      await client.signIn(administrator);
      clock.advance(10 * MINUTE);
      const reauthenticate = aProvider({ declines: true });
      const refusal = client.request(STATISTICS, {}, { reauthenticate });
      await expect(refusal).rejects.toBeInstanceOf(WalletError);
      expect(sent('Statistics')).toBe(1);
    });

    it('sends a request only once more after reauthentication', async () => {
      const never = { message: 'No.', extensions: { code: 'REAUTHENTICATION_REQUIRED' } };
      let asked = 0;
      const client = open({
        fetch: (url: string, init: { body: string }) => {
          if (!init.body.includes('never')) return fetch(url, init);
          asked += 1;
          return Promise.resolve(Response.json({ data: null, errors: [never] }));
        },
      });
      const wallet = Wallet.createRandom();
      await client.signIn(wallet);
      const refusal = client.request('mutation { never }', {}, { reauthenticate: wallet });
      await expect(refusal).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect(asked).toBe(2);
    });
  });
});
