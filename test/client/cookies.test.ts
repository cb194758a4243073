import { parseSetCookie } from 'cookie';
import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import type { Fetch, WebSocketClass } from '../../client/src/index.js';
import { eventually } from '../harness/eventually.js';
import { closeClients, listening, openClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';

/** Stores cookies and sends them with the origin of the page, as a browser does. */
function aBrowser(origin: string): { fetch: Fetch; webSocket: WebSocketClass } {
  const cookies = new Map<string, string>();
  const headers = () => ({
    origin,
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });
  return {
    async fetch(url, init) {
      const response = await fetch(url, { ...init, headers: { ...init.headers, ...headers() } });
      for (const text of response.headers.getSetCookie()) {
        const { name, value = '', maxAge } = parseSetCookie(text);
        if (maxAge === 0) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
    webSocket: class extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, { headers: headers() });
      }
    },
  };
}

describe('a client with its tokens in cookies', () => {
  const origin = 'https://app.example.com';
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { COOKIES: 'true', SIGN_IN_ORIGINS: origin });
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('signs in with cookies without giving the client a token', async () => {
    const client = openClient(service, { cookies: true, ...aBrowser(origin) });
    const session = await client.signIn(Wallet.createRandom());
    expect(await client.session()).toEqual(session);
    expect(await client.accessToken()).toBeUndefined();
  });

  it('reconnects with the new cookies after each refresh and receives every revocation once', async () => {
    const clock = createFakeClock();
    const environment = { COOKIES: 'true', SIGN_IN_ORIGINS: origin };
    const own = await startTestService('embedded', environment, clock);
    const browser = aBrowser(origin);
    let opened = 0;
    const here = openClient(own, {
      cookies: true,
      ...browser,
      webSocket: class extends browser.webSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol);
          opened += 1;
        }
      },
    });
    const wallet = Wallet.createRandom();
    await here.signIn(wallet);
    const ended: string[] = [];
    const endAnotherSession = async () => {
      const there = openClient(own, { cookies: true, ...aBrowser(origin) });
      ended.push((await there.signIn(wallet)).id);
      await there.logout();
      await here.heard('revocation', ({ sessionId }) => sessionId === ended.at(-1));
    };
    // A socket whose handshake reached the service after the refresh would have the new tokens already.
    await endAnotherSession();
    for (let count = 1; count <= 3; count += 1) {
      await here.refresh();
      await eventually(() => {
        clock.advance(1000);
        expect(opened).toBe(count + 1);
        return Promise.resolve();
      });
      await endAnotherSession();
    }
    expect(here.told('revocation').map(({ sessionId }) => sessionId)).toEqual(ended);
    expect(here.told('error')).toEqual([]);
    expect(opened).toBe(4);
    await own.stop();
  });

  it('restores the session from cookies after a reload', async () => {
    const browser = aBrowser(origin);
    const wallet = Wallet.createRandom();
    const { id } = await openClient(service, { cookies: true, ...browser }).signIn(wallet);
    const after = openClient(service, { cookies: true, ...browser });
    expect(after.state.status).toBe('loading');
    await after.ready;
    expect(after.state.session?.id).toBe(id);
  });

  it('knows the time after a reload 80 minutes after the last request', async () => {
    const clock = createFakeClock();
    const environment = { COOKIES: 'true', SIGN_IN_ORIGINS: origin };
    const own = await startTestService('embedded', environment, clock);
    const browser = aBrowser(origin);
    const wallet = Wallet.createRandom();
    const endAnotherSession = async () => {
      const there = openClient(own, { cookies: true, ...aBrowser(origin) });
      const { id } = await there.signIn(wallet);
      await there.logout();
      return id;
    };
    const before = openClient(own, { cookies: true, ...browser, clock });
    const { refreshFrom } = await before.signIn(wallet);
    before.close();
    await endAnotherSession();
    clock.advance(80 * 60_000);

    const after = openClient(own, { cookies: true, ...browser, clock });
    await after.ready;
    const ended = await endAnotherSession();
    await after.heard('revocation', ({ sessionId }) => sessionId === ended);
    expect(after.told('revocation').map(({ sessionId }) => sessionId)).toEqual([ended]);
    clock.advance(11 * 60_000);
    await after.heard('change', ({ session }) => (session?.refreshFrom ?? '') > refreshFrom);
    expect(after.told('end')).toEqual([]);
    await own.stop();
  });

  it('refreshes on time after a reload on a machine whose clock is a day behind', async () => {
    const clock = createFakeClock();
    const environment = { COOKIES: 'true', SIGN_IN_ORIGINS: origin };
    const own = await startTestService('embedded', environment, clock);
    const slow = { ...clock, now: () => clock.now() - 25 * 60 * 60_000 };
    const options = { cookies: true, ...aBrowser(origin), clock: slow };
    const before = openClient(own, options);
    const { refreshFrom } = await before.signIn(Wallet.createRandom());
    before.close();

    const after = openClient(own, options);
    await after.ready;
    clock.advance(91 * 60_000);
    await after.heard('change', ({ session }) => (session?.refreshFrom ?? '') > refreshFrom);
    await own.stop();
  });

  it('is signed out after a reload without cookies', async () => {
    const client = openClient(service, { cookies: true, ...aBrowser(origin) });
    await client.ready;
    expect(client.state).toEqual({ status: 'signed-out' });
  });

  it('keeps the session of a second sign-in with cookies and ends that of the first', async () => {
    const wallet = Wallet.createRandom();
    const client = openClient(service, { cookies: true, ...aBrowser(origin) });
    const first = await client.signIn(wallet);
    const second = await client.signIn(wallet);
    const elsewhere = openClient(service, { cookies: true, ...aBrowser(origin) });
    await elsewhere.signIn(wallet);
    await eventually(async () => {
      const { sessions } = await elsewhere.sessions();
      expect(sessions.map(({ id }) => id)).not.toContain(first.id);
    });
    expect((await client.session())?.id).toBe(second.id);
  });

  it('refreshes a session in cookies and receives its end', async () => {
    const wallet = Wallet.createRandom();
    const here = openClient(service, { cookies: true, ...aBrowser(origin) });
    const there = openClient(service, { cookies: true, ...aBrowser(origin) });
    const { id, expiresAt } = await here.signIn(wallet);
    await here.refresh();
    expect((here.state.session?.expiresAt ?? '') > expiresAt).toBe(true);
    await there.signIn(wallet);
    await listening(service, 2);
    await there.logout(id);
    expect(await here.heard('end')).toEqual({ sessionId: id, reason: 'LOGOUT' });
  });
});
