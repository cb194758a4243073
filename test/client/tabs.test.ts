import { Wallet } from 'ethers';
import type { SessionState } from '../../client/src/index.js';
import { closeClients, openClient, type TestClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { openProxy, type Proxy } from '../harness/proxy.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage } from '../harness/token-storage.js';

const MINUTE = 60_000;

describe('tabs of one origin', () => {
  const clock = createFakeClock();
  let service: TestService;
  let proxy: Proxy;
  let name = '';
  let count = 0;
  beforeAll(async () => {
    service = await startTestService('embedded', {}, clock);
  });
  beforeEach(async () => {
    proxy = await openProxy(service.url);
    name = `shared-${(count += 1)}`;
  });
  afterEach(async () => {
    closeClients();
    await proxy.close();
  });
  afterAll(() => service.stop());

  const refreshes = () => proxy.operations.filter((operation) => operation === 'Refresh').length;

  async function openSession([one, two]: readonly [TestClient, TestClient]) {
    await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ status }) => status === 'signed-in');
  }

  /** Opens the refresh window. Resolves when every tab has the new times and works with its token. */
  async function letRefresh(tabs: readonly TestClient[]) {
    const before = tabs[0]?.state.session?.refreshFrom ?? '';
    clock.advance(91 * MINUTE);
    const isNew = ({ session }: SessionState) => (session?.refreshFrom ?? '') > before;
    await Promise.all(tabs.map((tab) => tab.heard('change', isNew)));
    const pages = await Promise.all(tabs.map((tab) => tab.sessions()));
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([1, 1]);
  }

  it('shares a sign-in with tabs that are open and tabs that are opened later, without a storage', async () => {
    const [one, two] = [openClient(proxy, { name }), openClient(proxy, { name })];
    const session = await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ status }) => status === 'signed-in');
    const late = openClient(proxy, { name });
    await late.heard('change', ({ status }) => status === 'signed-in');
    expect(await Promise.all([two.session(), late.session()])).toEqual([session, session]);
  });

  it('refreshes once for all tabs with a shared storage', async () => {
    const options = { name, clock, storage: aStorage() };
    const tabs = [openClient(proxy, options), openClient(proxy, options)] as const;
    await openSession(tabs);
    await letRefresh(tabs);
    expect(refreshes()).toBe(1);
  });

  it('gives tabs without a storage the same tokens when both refresh', async () => {
    const options = { name, clock };
    const tabs = [openClient(proxy, options), openClient(proxy, options)] as const;
    await openSession(tabs);
    await letRefresh(tabs);
    expect(await tabs[0].accessToken()).toBe(await tabs[1].accessToken());
  });

  it('ends the session in all tabs with the same reason', async () => {
    const [one, two] = [openClient(proxy, { name }), openClient(proxy, { name })];
    const { id } = await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ status }) => status === 'signed-in');
    await one.logout();
    const end = { sessionId: id, reason: 'LOGOUT' };
    expect(await two.heard('end')).toEqual(end);
    expect([one, two].map((tab) => tab.told('end'))).toEqual([[end], [end]]);
  });

  it('switches all tabs to another wallet that signs in in one of them', async () => {
    const [one, two] = [openClient(proxy, { name }), openClient(proxy, { name })];
    await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ status }) => status === 'signed-in');
    clock.advance(1);
    const other = await two.signIn(Wallet.createRandom());
    await one.heard('change', ({ session }) => session?.id === other.id);
    expect((await one.session())?.id).toBe(other.id);
  });

  it('does not share with other tabs a session that ended while it was being stored', async () => {
    const storage = aStorage();
    let letGo = () => {};
    let hold = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const held = new Promise<void>((resolve) => (hold = resolve));
    const slow = {
      ...storage,
      async setItem(key: string, value: string) {
        hold();
        await gate;
        await storage.setItem(key, value);
      },
    };
    const one = openClient(proxy, { name, clock, storage: slow });
    const two = openClient(proxy, { name, clock });
    const signingIn = one.signIn(Wallet.createRandom());
    await held;
    await one.logout();
    letGo();
    const { id: ended } = await signingIn;
    clock.advance(1);
    const { id } = await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ session }) => session?.id === id);
    expect(two.told('change').map(({ session }) => session?.id)).not.toContain(ended);
  });

  it('keeps separate sessions in tabs with another name or none', async () => {
    const [named, unnamed] = [openClient(proxy, { name }), openClient(proxy)];
    await named.signIn(Wallet.createRandom());
    await openClient(proxy, { name }).heard('change', ({ status }) => status === 'signed-in');
    expect(unnamed.state).toEqual({ status: 'signed-out' });
  });
});
