import { Wallet } from 'ethers';
import { createWalletSessionsClient, RefusedError } from '../../client/src/index.js';
import { RefreshDocument } from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { closeClients, openClient, type TestClient } from '../harness/client.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { openProxy, type Proxy } from '../harness/proxy.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage, type TestStorage } from '../harness/token-storage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a client in its refresh window', () => {
  let clock: FakeClock;
  let service: TestService;
  let proxy: Proxy;
  let client: TestClient;

  const start = async (environment: Record<string, string> = {}) => {
    clock = createFakeClock();
    service = await startTestService('embedded', environment, clock);
    proxy = await openProxy(service.url);
  };
  afterEach(async () => {
    closeClients();
    await proxy.close();
    await service.stop();
  });

  const refreshes = () => proxy.operations.filter((name) => name === 'Refresh').length;
  /** Resolves when the client has been granted times that begin after `time`. */
  const refreshedAfter = (time: number) =>
    client.heard('change', ({ session }) => Date.parse(session?.refreshFrom ?? '') > time);

  it('refreshes by itself 30 minutes before the end of the session and not earlier', async () => {
    await start();
    client = openClient(proxy, { clock });
    const { refreshFrom, id } = await client.signIn(Wallet.createRandom());

    clock.advance(90 * MINUTE - 1);
    await client.session();
    expect(refreshes()).toBe(0);

    clock.advance(1);
    await refreshedAfter(Date.parse(refreshFrom));
    clock.advance(45 * MINUTE);
    expect((await client.session())?.id).toBe(id);
    expect(refreshes()).toBe(1);
  });

  it.each([
    ['behind', -25 * HOUR],
    ['ahead', 25 * HOUR],
  ])('refreshes by itself on time with a clock that is a day %s', async (_described, offset) => {
    await start();
    const own = { ...clock, now: () => clock.now() + offset };
    client = openClient(proxy, { clock: own });
    const { refreshFrom } = await client.signIn(Wallet.createRandom());

    clock.advance(89 * MINUTE);
    await client.session();
    expect(refreshes()).toBe(0);
    clock.advance(2 * MINUTE);
    await refreshedAfter(Date.parse(refreshFrom));
  });

  it('refreshes when the page wakes after its timers have slept', async () => {
    const page = new EventTarget();
    Object.assign(globalThis, {
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
    });
    await start();
    const asleep = { now: () => clock.now(), schedule: () => () => {} };
    client = openClient(proxy, { clock: asleep });
    const { refreshFrom } = await client.signIn(Wallet.createRandom());

    clock.advance(100 * MINUTE);
    page.dispatchEvent(new Event('focus'));
    await refreshedAfter(Date.parse(refreshFrom));
  });

  it('refreshes once halfway through a session that is shorter than its refresh window', async () => {
    await start({ SESSION_TIMEOUT: '10m' });
    client = openClient(proxy, { clock });
    const { refreshFrom } = await client.signIn(Wallet.createRandom());
    clock.advance(5 * MINUTE - 1);
    await client.session();
    expect(refreshes()).toBe(0);
    clock.advance(1);
    await refreshedAfter(Date.parse(refreshFrom));
    await client.session();
    expect(refreshes()).toBe(1);
  });

  it('ends the session with EXPIRED at the absolute timeout and stops refreshing before it', async () => {
    await start({ SESSION_ABSOLUTE_TIMEOUT: '3h' });
    client = openClient(proxy, { clock });
    const { id, refreshFrom } = await client.signIn(Wallet.createRandom());
    clock.advance(90 * MINUTE);
    await refreshedAfter(Date.parse(refreshFrom));
    clock.advance(89 * MINUTE);
    await client.session();
    expect(refreshes()).toBe(1);

    clock.advance(MINUTE);
    expect(await client.heard('end')).toEqual({ sessionId: id, reason: 'EXPIRED' });
    expect(client.state).toEqual({
      status: 'signed-out',
      end: { sessionId: id, reason: 'EXPIRED' },
    });
  });
});

describe('a refresh beyond the rate limit', () => {
  const limited = { RATE_LIMIT_REFRESH_PER_SESSION: '1/100m' };
  let proxy: Proxy;
  let service: TestService;
  afterEach(async () => {
    closeClients();
    await proxy.close();
    await service.stop();
  });

  const start = async (clock?: FakeClock) => {
    service = await startTestService('embedded', limited, clock);
    proxy = await openProxy(service.url);
  };
  const refreshes = () => proxy.operations.filter((name) => name === 'Refresh').length;

  it('rejects a refresh with RATE_LIMITED, and sends no other one until the time to wait is over', async () => {
    await start();
    const client = openClient(proxy);
    const { id } = await client.signIn(Wallet.createRandom());
    await client.refresh();
    for (let count = 0; count < 3; count += 1) {
      const refusal = client.refresh();
      await expect(refusal).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      await expect(refusal).rejects.toHaveProperty('retryAfter', expect.any(Number));
    }
    expect(refreshes()).toBe(2);
    expect((await client.session())?.id).toBe(id);
  });

  it('retries a refused refresh after five minutes and a random delay', async () => {
    const clock = createFakeClock();
    await start(clock);
    const client = openClient(proxy, { clock });
    await client.signIn(Wallet.createRandom());
    clock.advance(MINUTE);
    await client.refresh();

    clock.advance(90 * MINUTE);
    await client.heard('error');
    clock.advance(5 * MINUTE - 1);
    expect(refreshes()).toBe(2);
    clock.advance(1.25 * MINUTE + 1);
    await client.heard('error', (error) => error !== client.told('error')[0]);
    expect(refreshes()).toBe(3);
  });
});

describe('a refresh', () => {
  let service: TestService;
  let proxy: Proxy;
  let storage: TestStorage;
  let wallet: ReturnType<typeof Wallet.createRandom>;
  let client: TestClient;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  beforeEach(async () => {
    proxy = await openProxy(service.url);
    storage = aStorage();
    client = openClient(proxy, { storage });
    wallet = Wallet.createRandom();
    await client.signIn(wallet);
  });
  afterEach(async () => {
    closeClients();
    await proxy.close();
  });
  afterAll(() => service.stop());

  const refreshes = () => proxy.operations.filter((name) => name === 'Refresh').length;
  /** Refreshes as another holder of the client's refresh token. */
  const refreshElsewhere = async (refreshToken: string) =>
    (await apiClient(service.url).request(RefreshDocument, { refreshToken })).refresh
      .refreshToken ?? '';

  it('repeats a refresh whose answer was lost and gets the same tokens', async () => {
    proxy.loseAnswerTo('Refresh');
    await client.refresh();
    expect(refreshes()).toBe(2);
    await client.refresh();
    expect((await client.sessions()).totalCount).toBe(1);
    expect(client.told('end')).toEqual([]);
  });

  it('rejects a refresh with NETWORK_ERROR when the service cannot be reached, and keeps the tokens', async () => {
    const { state } = client;
    proxy.pass(false);
    await expect(client.refresh()).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    expect(client.state).toBe(state);
    expect(storage.grant()).toBeDefined();

    proxy.pass(true);
    await client.refresh();
    expect(await client.session()).toMatchObject({ id: state.session?.id });
  });

  it.each([
    ['again at once', {}, 2],
    ['only after the time to wait that the service gives', { retryAfter: 60 }, 1],
  ])('sends a refresh answered with SERVICE_UNAVAILABLE %s', async (_described, more, tries) => {
    const extensions = { code: 'SERVICE_UNAVAILABLE', ...more };
    const unavailable = { data: null, errors: [{ message: 'Not now.', extensions }] };
    let asked = 0;
    const other = openClient(proxy, {
      fetch: (url, init) => {
        if (!init.body.includes('mutation Refresh')) return fetch(url, init);
        asked += 1;
        return asked === 1 ? Promise.resolve(Response.json(unavailable)) : fetch(url, init);
      },
    });
    await other.signIn(wallet);
    const outcome = other.refresh().catch((error: unknown) => error);
    expect(await outcome).toEqual(tries === 2 ? undefined : expect.any(RefusedError));
    expect(asked).toBe(tries);
  });

  it('sends one refresh for many concurrent calls', async () => {
    await Promise.all(Array.from({ length: 10 }, () => client.refresh()));
    expect(refreshes()).toBe(1);
  });

  it('refreshes once when requests are answered UNAUTHENTICATED and sends them again', async () => {
    await refreshElsewhere(storage.grant().refreshToken);
    const pages = await Promise.all(Array.from({ length: 5 }, () => client.sessions()));
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([1, 1, 1, 1, 1]);
    expect(refreshes()).toBe(1);
    expect(proxy.operations.filter((name) => name === 'Sessions')).toHaveLength(10);
  });

  it('refreshes when the service answers that there is no session', async () => {
    await refreshElsewhere(storage.grant().refreshToken);
    expect(await client.session()).toMatchObject({ id: client.state.session?.id });
  });

  it('ends the session with TOKEN_REUSE when its refresh token was used and refreshed by somebody else', async () => {
    // The end of another session shows that the client is listening.
    const other = openClient(service);
    await other.signIn(wallet);
    await other.logout();
    await client.heard('revocation');

    await refreshElsewhere(await refreshElsewhere(storage.grant().refreshToken));
    await expect(client.sessions()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await client.heard('end')).reason).toBe('TOKEN_REUSE');
    expect(client.state.status).toBe('signed-out');
  });

  it('ends the session with REVOKED when a client without listeners refreshes an ended session', async () => {
    const deaf = createWalletSessionsClient({ url: proxy.url, storage });
    await deaf.ready;
    const sessionId = deaf.state.session?.id;
    await client.logout();
    await deaf.refresh();
    expect(deaf.state).toEqual({ status: 'signed-out', end: { sessionId, reason: 'REVOKED' } });
    deaf.close();
  });
});
