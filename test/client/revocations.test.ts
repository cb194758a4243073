import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { systemClock } from '../../client/src/clock.js';
import { createWalletSessionsClient, type Clock } from '../../client/src/index.js';
import { RefreshDocument } from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { closeClients, listening, openClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { openProxy, type Proxy } from '../harness/proxy.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ownPrefix } from '../harness/stores.js';
import { aStorage } from '../harness/token-storage.js';

const MINUTE = 60_000;

describe('a client with listeners', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('notifies a listener of the end of another session of the wallet with the reason', async () => {
    const wallet = Wallet.createRandom();
    const [here, there] = [openClient(service), openClient(service)];
    await here.signIn(wallet);
    const { id } = await there.signIn(wallet);
    await there.logout();
    expect(await here.heard('revocation')).toMatchObject({ sessionId: id, reason: 'LOGOUT' });
    expect(here.told('end')).toEqual([]);
  });

  it.each([
    ['LOGOUT', 'logout'],
    ['LOGOUT_ALL', 'logoutAll'],
  ] as const)(
    'notifies a listener of the end of its own session elsewhere with %s',
    async (reason, act) => {
      const wallet = Wallet.createRandom();
      const [here, there] = [openClient(service), openClient(service)];
      const { id } = await here.signIn(wallet);
      await there.signIn(wallet);
      await listening(service, 2);
      await (act === 'logout' ? there.logout(id) : there.logoutAll());
      expect(await here.heard('end')).toEqual({ sessionId: id, reason });
      expect(here.state).toEqual({ status: 'signed-out', end: { sessionId: id, reason } });
    },
  );

  it('notifies a listener of each end once, whichever client caused it', async () => {
    const wallet = Wallet.createRandom();
    const [here, there] = [openClient(service), openClient(service)];
    const { id } = await here.signIn(wallet);
    const elsewhere = await there.signIn(wallet);
    await here.logoutAll({ keepCurrent: true });
    await here.heard('revocation', ({ sessionId }) => sessionId === elsewhere.id);
    await here.logout();
    expect(here.told('end')).toEqual([{ sessionId: id, reason: 'LOGOUT' }]);
    expect(there.told('end').length).toBeLessThanOrEqual(1);
    await there.heard('end');
    expect(
      here.told('revocation').filter(({ sessionId }) => sessionId === elsewhere.id),
    ).toHaveLength(1);
  });

  it('does not notify a listener of revocations from before it was added', async () => {
    const clock = createFakeClock();
    const own = await startTestService('embedded', {}, clock);
    const wallet = Wallet.createRandom();
    const here = createWalletSessionsClient({ url: own.url, webSocket: WebSocket, clock });
    const there = openClient(own, { clock });
    await here.signIn(wallet);
    const { id: history } = await there.signIn(wallet);
    await there.logout();

    clock.advance(60_000);
    const told: string[] = [];
    here.on('revocation', ({ sessionId }) => told.push(sessionId));
    const ended = new Promise((resolve) => here.on('end', resolve));
    await there.signIn(wallet);
    await there.logoutAll();
    await ended;
    expect(told).not.toContain(history);
    here.close();
    await own.stop();
  });

  it('opens a socket only while there are listeners, and closes it some seconds after the last one', async () => {
    const clock = createFakeClock();
    const { sockets, webSocket } = recordedSockets();
    const client = createWalletSessionsClient({ url: service.url, webSocket, clock });
    client.on('error', () => {});
    await client.signIn(Wallet.createRandom());
    expect(sockets).toEqual([]);

    const stops = [client.on('change', () => {}), client.on('revocation', () => {})];
    expect(sockets).toHaveLength(1);
    const closed = new Promise((resolve) => sockets[0]?.on('close', resolve));
    for (const stop of stops) stop();
    clock.advance(10_000);
    await closed;
    client.on('end', () => {});
    expect(sockets).toHaveLength(2);
    client.close();
  });

  it('keeps the socket when the only listener is replaced, as when a page changes its route', async () => {
    const clock = createFakeClock();
    const { sockets, webSocket } = recordedSockets();
    const client = createWalletSessionsClient({ url: service.url, webSocket, clock });
    await client.signIn(Wallet.createRandom());
    for (let route = 1; route <= 5; route += 1) {
      const stop = client.on('change', () => {});
      clock.advance(10_000);
      stop();
      clock.advance(1000);
    }
    const ended = new Promise((resolve) => client.on('end', resolve));
    clock.advance(10_000);
    await client.logout();
    await ended;
    expect(sockets).toHaveLength(1);
    client.close();
  });
});

/** A `WebSocket` class that records its sockets. */
function recordedSockets() {
  const sockets: WebSocket[] = [];
  class Noted extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  return { sockets, webSocket: Noted };
}

describe('a client with listeners that refreshes', () => {
  afterEach(closeClients);

  /** Counts the opened sockets and the tokens presented and accepted over them. Without `pings`, it sends none. */
  function notedSockets({ pings }: { pings: boolean }) {
    const noted = { opened: 0, presented: 0, accepted: 0 };
    class Noted extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        noted.opened += 1;
        this.on('message', (data: Buffer) => {
          if (data.toString().includes('"accepted":true')) noted.accepted += 1;
        });
      }
      override send(data: string): void {
        const isPing = data.includes('"ping"');
        if (isPing && !pings) return;
        if (isPing) noted.presented += 1;
        super.send(data);
      }
    }
    return { noted, webSocket: Noted };
  }

  async function atOneService(pings: boolean) {
    const clock = createFakeClock();
    const service = await startTestService('embedded', { SESSION_LIMIT: '0' }, clock);
    const wallet = Wallet.createRandom();
    const { noted, webSocket } = notedSockets({ pings });
    const refreshes = { count: 0 };
    const here = openClient(service, {
      webSocket,
      fetch(url, init) {
        if (init.body.includes('mutation Refresh')) refreshes.count += 1;
        return fetch(url, init);
      },
    });
    await here.signIn(wallet);
    const ended: string[] = [];
    const endOne = async () => {
      const other = openClient(service);
      ended.push((await other.signIn(wallet)).id);
      await other.logout();
    };
    const heardLast = () => here.heard('revocation', ({ sessionId }) => sessionId === ended.at(-1));
    const expectEachOnce = () => {
      expect(here.told('revocation').map(({ sessionId }) => sessionId)).toEqual(ended);
      expect(here.told('error')).toEqual([]);
    };
    return { clock, service, here, noted, refreshes, endOne, heardLast, expectEachOnce };
  }

  it('presents each new token over the same socket and receives every revocation once', async () => {
    const { clock, service, here, noted, refreshes, endOne, heardLast, expectEachOnce } =
      await atOneService(true);
    const allAccepted = (atLeast: number) =>
      eventually(() => {
        expect(noted.presented).toBeGreaterThanOrEqual(atLeast);
        expect(noted.accepted).toBe(noted.presented);
        return Promise.resolve();
      });
    await allAccepted(1);
    for (let count = 1; count <= 5; count += 1) {
      const before = noted.presented;
      await here.refresh();
      await allAccepted(before + 1);
      clock.advance(MINUTE);
      await endOne();
      await heardLast();
    }
    expectEachOnce();
    expect([noted.opened, refreshes.count]).toEqual([1, 5]);
    await service.stop();
  });

  it('reconnects without an error or lost and repeated events when it could not present the new token in time', async () => {
    const { clock, service, here, noted, refreshes, endOne, heardLast, expectEachOnce } =
      await atOneService(false);
    for (let count = 1; count <= 3; count += 1) {
      await endOne();
      await heardLast();
      await here.refresh();
      await endOne();
      await eventually(() => {
        clock.advance(1000);
        expect(noted.opened).toBe(count + 1);
        return Promise.resolve();
      });
      await endOne();
      await heardLast();
    }
    expectEachOnce();
    expect([noted.opened, refreshes.count]).toEqual([4, 3]);
    await service.stop();
  });
});

describe('a client with a lost connection', () => {
  afterEach(closeClients);

  it('receives every revocation once and in order through a restart of the service', async () => {
    const prefix = ownPrefix();
    const start = (environment = {}) =>
      startTestService('Redis', { REDIS_KEY_PREFIX: prefix, ...environment });
    const [first, second] = [await start(), await start()];
    const wallet = Wallet.createRandom();
    const [here, there] = [openClient(first), openClient(second)];
    await here.signIn(wallet);
    await there.signIn(wallet);
    const ended: string[] = [];
    const endOne = async () => {
      ended.push((await openClient(second).signIn(wallet)).id);
      await there.logout(ended.at(-1));
    };

    await endOne();
    await here.heard('revocation', ({ sessionId }) => sessionId === ended[0]);
    await first.stop();
    await here.heard('error');
    await endOne();
    await endOne();
    const again = await start({ PORT: new URL(first.url).port });
    await endOne();

    await here.heard('revocation', ({ sessionId }) => sessionId === ended[3]);
    expect(here.told('revocation').map(({ sessionId }) => sessionId)).toEqual(ended);
    await Promise.all([again.stop(), second.stop()]);
  });

  describe('a restored connection', () => {
    let service: TestService;
    let proxy: Proxy;
    beforeAll(async () => {
      service = await startTestService('embedded');
    });
    beforeEach(async () => {
      proxy = await openProxy(service.url);
    });
    afterEach(() => proxy.close());
    afterAll(() => service.stop());

    it('receives the revocations from the time of a lost connection, even if there were none before', async () => {
      const wallet = Wallet.createRandom();
      const [here, there] = [openClient(proxy), openClient(service)];
      await here.signIn(wallet);
      const { id } = await there.signIn(wallet);
      proxy.pass(false);
      await here.heard('error');
      await there.logout();
      proxy.pass(true);
      expect(await here.heard('revocation')).toMatchObject({ sessionId: id, reason: 'LOGOUT' });
    });

    it('keeps a Node.js process alive while the client waits to reconnect', async () => {
      const scheduled: boolean[] = [];
      const clock: Clock = {
        ...systemClock,
        schedule(delay, callback, background = false) {
          scheduled.push(background);
          return systemClock.schedule(delay, callback, background);
        },
      };
      const here = openClient(proxy, { clock });
      await here.signIn(Wallet.createRandom());
      await here.heard('change', ({ status }) => status === 'signed-in');
      scheduled.length = 0;
      proxy.pass(false);
      await here.heard('error');
      expect(scheduled[0]).toBe(false);
    });

    it('ends the session with REVOKED when it ended elsewhere while the connection was lost', async () => {
      const wallet = Wallet.createRandom();
      const [here, there] = [openClient(proxy), openClient(service)];
      const { id } = await here.signIn(wallet);
      await there.signIn(wallet);
      proxy.pass(false);
      await here.heard('error');
      await there.logout(id);
      proxy.pass(true);
      expect(await here.heard('end')).toEqual({ sessionId: id, reason: 'REVOKED' });
    });

    it('reconnects with refreshed tokens when its own were replaced while the connection was lost', async () => {
      const wallet = Wallet.createRandom();
      const storage = aStorage();
      const [here, there] = [openClient(proxy, { storage }), openClient(service)];
      await here.signIn(wallet);
      const { id } = await there.signIn(wallet);
      proxy.pass(false);
      await here.heard('error');
      const { refreshToken } = storage.grant();
      await apiClient(service.url).request(RefreshDocument, { refreshToken });
      await there.logout();
      proxy.pass(true);
      expect(await here.heard('revocation')).toMatchObject({ sessionId: id });
    });
  });
});
