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
    ['answers synchronously', aWebStorage],
    ['answers asynchronously', aStorage],
  ])('restores the session after a reload from a storage that %s', async (_described, make) => {
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

  it.each(['logout', 'logoutAll', 'forget'] as const)(
    'removes the tokens from the storage with %s',
    async (act) => {
      const storage = aStorage();
      const client = openClient(service, { storage });
      await client.signIn(Wallet.createRandom());
      expect(storage.items.size).toBe(1);
      await client[act]();
      expect(storage.items.size).toBe(0);
    },
  );

  it('removes the tokens with forget without ending the session', async () => {
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
    'is signed out when its storage contains %j',
    async (text) => {
      const storage = aStorage();
      const client = openClient(service, { storage: { ...storage, getItem: () => text } });
      await client.ready;
      expect(client.state).toEqual({ status: 'signed-out' });
    },
  );

  it('removes a used refresh token from a full storage, so that a reload does not present it', async () => {
    const storage = aStorage();
    let isFull = false;
    const full = new Error('QuotaExceededError');
    const setItem = (key: string, value: string) =>
      isFull ? Promise.reject(full) : storage.setItem(key, value);
    const client = openClient(service, { storage: { ...storage, setItem } });
    const session = await client.signIn(Wallet.createRandom());
    isFull = true;
    await client.refresh();
    expect(client.told('error')).toEqual([full]);
    expect(storage.items.size).toBe(0);
    expect((await client.session())?.id).toBe(session.id);

    const reloaded = openClient(service, { storage });
    await reloaded.ready;
    expect(reloaded.state).toEqual({ status: 'signed-out' });

    isFull = false;
    await client.refresh();
    expect(storage.grant()).toMatchObject({ session: { id: session.id } });
  });

  it('removes a used refresh token from the full storage of a tab when another tab has refreshed', async () => {
    const [one, two] = [aStorage(), aWebStorage()];
    let isFull = false;
    const setItem = (key: string, value: string) => {
      if (isFull) throw new Error('QuotaExceededError');
      return two.setItem(key, value);
    };
    const name = 'tabs-of-which-one-is-full';
    const refreshing = openClient(service, { name, storage: one });
    const following = openClient(service, { name, storage: { ...two, setItem } });
    await refreshing.signIn(Wallet.createRandom());
    await following.heard('change', ({ status }) => status === 'signed-in');
    isFull = true;
    await refreshing.refresh();
    await following.heard('error');
    expect(two.items.size).toBe(0);
    expect(following.state.status).toBe('signed-in');
  });

  it.each(['logout', 'forget'] as const)(
    'removes the tokens with %s from a storage that can no longer be read',
    async (act) => {
      const storage = aStorage();
      let isBroken = false;
      const getItem = (key: string) =>
        isBroken ? Promise.reject(new Error('Cannot be read.')) : storage.getItem(key);
      const client = openClient(service, { storage: { ...storage, getItem } });
      await client.signIn(Wallet.createRandom());
      isBroken = true;
      await client[act]();
      expect(storage.items.size).toBe(0);
    },
  );

  it('stores nothing of a session that was forgotten while it was being stored', async () => {
    const storage = aStorage();
    let begin = () => {};
    let letGo = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const setItem = async (key: string, value: string) => {
      begin();
      await gate;
      await storage.setItem(key, value);
    };
    const client = openClient(service, { storage: { ...storage, setItem } });
    const signedIn = client.signIn(Wallet.createRandom());
    await begun;
    await client.forget();
    letGo();
    await signedIn;
    expect(storage.items.size).toBe(0);
  });

  it('works from memory with a storage that neither stores nor removes tokens, and reports the error', async () => {
    const broken = new Error('The storage is gone.');
    const fail = () => {
      throw broken;
    };
    const storage = { getItem: fail, setItem: fail, removeItem: fail };
    const client = openClient(service, { storage });
    await client.signIn(Wallet.createRandom());
    await client.refresh();
    expect((await client.sessions()).totalCount).toBe(1);
    await client.logout();
    expect(client.state.status).toBe('signed-out');
    expect(new Set(client.told('error'))).toEqual(new Set([broken]));
  });

  it('works from memory with a full storage, and reports the error', async () => {
    const full = new Error('QuotaExceededError');
    const storage = { ...aStorage(), setItem: () => Promise.reject(full) };
    const client = openClient(service, { storage });
    const session = await client.signIn(Wallet.createRandom());
    expect(await client.heard('error')).toBe(full);
    await client.refresh();
    expect((await client.session())?.id).toBe(session.id);
  });
});
