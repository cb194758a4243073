import { Wallet } from 'ethers';
import { closeClients, openClient } from '../harness/client.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage, aWebStorage } from '../harness/token-storage.js';

describe('a client with a storage', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it.each([
    ['answers at once', aWebStorage],
    ['answers later', aStorage],
  ])('has its session again after a reload, from one that %s', async (_described, make) => {
    const storage = make();
    const before = openClient(service, { storage });
    const session = await before.signIn(Wallet.createRandom());
    await before.refresh();
    before.close();

    const after = openClient(service, { storage });
    expect(after.state).toEqual({ status: 'loading' });
    await after.ready;
    expect(after.state.session?.id).toBe(session.id);
    expect((await after.session())?.id).toBe(session.id);
  });

  it.each(['logout', 'logoutAll', 'forget'] as const)('leaves nothing behind: %s', async (act) => {
    const storage = aStorage();
    const client = openClient(service, { storage });
    await client.signIn(Wallet.createRandom());
    expect(storage.items.size).toBe(1);
    await client[act]();
    expect(storage.items.size).toBe(0);
  });

  it('drops its tokens without ending the session: forget', async () => {
    const wallet = Wallet.createRandom();
    const [client, other] = [openClient(service), openClient(service)];
    const { id } = await client.signIn(wallet);
    await client.forget();
    expect(client.state).toEqual({
      status: 'signed-out',
      end: { sessionId: id, reason: 'FORGOTTEN' },
    });
    await other.signIn(wallet);
    expect((await other.sessions()).totalCount).toBe(2);
  });

  it.each(['', 'nonsense', 'null', '{}', '[]', '{"refreshToken":7}'])(
    'is signed out where it finds %j',
    async (text) => {
      const storage = aStorage();
      const client = openClient(service, { storage: { ...storage, getItem: () => text } });
      await client.ready;
      expect(client.state).toEqual({ status: 'signed-out' });
    },
  );

  it('goes on from memory where the storage fails, and says so', async () => {
    const full = new Error('QuotaExceededError');
    const storage = { ...aStorage(), setItem: () => Promise.reject(full) };
    const client = openClient(service, { storage });
    const session = await client.signIn(Wallet.createRandom());
    expect(await client.heard('error')).toBe(full);
    await client.refresh();
    expect((await client.session())?.id).toBe(session.id);
  });
});
