import { once } from 'node:events';
import { MessageType } from 'graphql-ws';
import { parseSetCookie } from 'cookie';
import { print, type DocumentNode } from 'graphql';
import { WebSocket } from 'ws';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionsDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { apiClient, signIn } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { createCookieClient, type CookieClient } from '../harness/cookie-client.js';
import { codesOf } from '../harness/operation.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const APP = 'https://app.example.com';
const ACCESS = '__Host-wallet-session';
const REFRESH = '__Host-wallet-refresh';

describe.each(EVERY_STORE)('a session in cookies, on the %s store', (store) => {
  let service: TestService;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = createFakeClock();
    service = await startTestService(store, { COOKIES: 'true', SIGN_IN_ORIGINS: APP }, clock);
  });
  afterAll(() => service.stop());

  const aBrowser = (page: Record<string, string> = { origin: APP }) =>
    createCookieClient(service.url, page);

  async function signInWithCookies(browser: CookieClient, wallet: TestWallet = aWallet()) {
    const { data } = await browser.send(CreateSignInChallengeDocument, { account: wallet.account });
    const message = data?.createSignInChallenge.message ?? '';
    return browser.send(SignInDocument, { message, signature: await wallet.sign(message) });
  }

  async function aSignedInBrowser(wallet?: TestWallet): Promise<CookieClient> {
    const browser = aBrowser();
    expect((await signInWithCookies(browser, wallet)).data?.signIn.session.id).toBeDefined();
    return browser;
  }

  const sessionOf = async (browser: CookieClient) =>
    (await browser.send(CurrentSessionDocument, {})).data?.session;

  it('puts the tokens of a sign-in from a browser into cookies and not into the answer', async () => {
    const { data, setCookies } = await signInWithCookies(aBrowser());
    expect(data?.signIn).toMatchObject({ accessToken: null, refreshToken: null });
    const cookies = setCookies.map((text) => parseSetCookie(text));
    expect(cookies.map(({ name }) => name)).toEqual([ACCESS, REFRESH]);
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'strict',
        maxAge: 2 * 60 * 60,
      });
      expect(cookie.domain).toBeUndefined();
    }
  });

  it('accepts the cookies of a session without setting them again', async () => {
    const browser = await aSignedInBrowser();
    const { data, setCookies } = await browser.send(CurrentSessionDocument, {});
    expect(data?.session?.current).toBe(true);
    expect(setCookies).toEqual([]);
  });

  it("accepts the cookies of a session from a page of the service's own origin", async () => {
    const { cookies } = await aSignedInBrowser();
    const browser = aBrowser({ 'sec-fetch-site': 'same-origin' });
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a subdomain', { origin: 'https://evil.example.com', 'sec-fetch-site': 'same-site' }],
    ['another scheme', { origin: 'http://app.example.com' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a client without an origin', {}],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('refuses the cookies of a session in a request from %s', async (_where, page) => {
    const signedIn = await aSignedInBrowser();
    const browser = aBrowser(page);
    const forged = await browser.send(LogoutAllDocument, {}, { cookie: signedIn.header() });
    expect(codesOf(forged)).toEqual(['ORIGIN_NOT_ALLOWED']);
    expect(forged.status).toBe(403);
    expect(forged.setCookies).toEqual([]);
    expect(await sessionOf(signedIn)).not.toBeNull();
  });

  it('uses a bearer token instead of cookies when a request has both', async () => {
    const browser = await aSignedInBrowser();
    const { accessToken, session } = await signIn(service.url);
    const authorization = `Bearer ${accessToken}`;
    const { data } = await browser.send(CurrentSessionDocument, {}, { headers: { authorization } });
    expect(data?.session?.id).toBe(session.id);
  });

  it('accepts the cookies of a session beside a password for a proxy', async () => {
    const browser = await aSignedInBrowser();
    const headers = { authorization: `Basic ${btoa('visitor:password')}` };
    expect((await browser.send(CurrentSessionDocument, {}, { headers })).data?.session?.id).toMatch(
      /./,
    );
  });

  it('returns tokens in the answer to a client that is not a browser', async () => {
    const { accessToken, refreshToken } = await signIn(service.url);
    expect([accessToken, refreshToken]).toEqual([expect.any(String), expect.any(String)]);
  });

  it('refreshes with the refresh token in the cookie and replaces the cookies', async () => {
    const browser = await aSignedInBrowser();
    const before = browser.header();
    const { data } = await browser.send(RefreshDocument, {});
    expect(data?.refresh).toMatchObject({ accessToken: null, refreshToken: null });
    expect(browser.header()).not.toBe(before);
    expect((await sessionOf(browser))?.id).toBe(data?.refresh.session.id);
  });

  it('returns no tokens to a script in a browser that refreshes with a token of another session', async () => {
    const browser = await aSignedInBrowser();
    const { refreshToken } = await signIn(service.url);
    const { data } = await browser.send(RefreshDocument, { refreshToken });
    expect(data?.refresh).toMatchObject({ accessToken: null, refreshToken: null });
  });

  it.each([
    ['logout', LogoutDocument],
    ['logoutAll', LogoutAllDocument],
  ] as const)(
    'ends a session in cookies with %s and removes the cookies',
    async (_name, document) => {
      const browser = await aSignedInBrowser();
      const before = browser.header();
      const { setCookies } = await browser.send<object, Record<string, never>>(document, {});
      expect(setCookies.map((text) => parseSetCookie(text).maxAge)).toEqual([0, 0]);
      expect(browser.cookies.size).toBe(0);
      const { data } = await browser.send(CurrentSessionDocument, {}, { cookie: before });
      expect(data?.session).toBeNull();
    },
  );

  it('ends the previous session of a browser when the same or another wallet signs in', async () => {
    const wallet = aWallet();
    const browser = await aSignedInBrowser(wallet);
    for (const next of [wallet, aWallet()]) {
      const before = { cookie: browser.header() };
      expect((await signInWithCookies(browser, next)).data?.signIn.session.id).toBeDefined();
      const { data } = await aBrowser().send(CurrentSessionDocument, {}, before);
      expect(data?.session).toBeNull();
    }
    const { data } = await browser.send(SessionsDocument, {});
    expect(data?.sessions.totalCount).toBe(1);
  });

  it('keeps the cookies of a session when other sessions end', async () => {
    const wallet = aWallet();
    const browser = await aSignedInBrowser(wallet);
    const { session } = await signIn(service.url, wallet);
    const one = await browser.send(LogoutDocument, { sessionId: session.id });
    const others = await browser.send(LogoutAllDocument, { keepCurrent: true });
    expect([...one.setCookies, ...others.setCookies]).toEqual([]);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('removes the cookies of a session that has ended', async () => {
    const wallet = aWallet();
    const browser = await aSignedInBrowser(wallet);
    const { accessToken } = await signIn(service.url, wallet);
    await apiClient(service.url, accessToken).request(LogoutAllDocument, {});
    const answer = await browser.send(SessionsDocument, {});
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(browser.cookies.size).toBe(0);
  });

  it('refreshes a session in cookies by itself once its refresh window has opened', async () => {
    const browser = await aSignedInBrowser();
    const before = browser.header();
    clock.advance(90 * MINUTE - 1);
    expect((await browser.send(CurrentSessionDocument, {})).setCookies).toEqual([]);
    clock.advance(1);
    const { data, setCookies } = await browser.send(CurrentSessionDocument, {});
    expect(setCookies).toHaveLength(2);
    expect(browser.header()).not.toBe(before);
    expect(Date.parse(data?.session?.expiresAt ?? '')).toBe(clock.now() + 120 * MINUTE);
    clock.advance(60 * MINUTE);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('sets the same cookies in the answers to twenty concurrent requests', async () => {
    const browser = await aSignedInBrowser();
    const cookie = browser.header();
    clock.advance(100 * MINUTE);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.send(CurrentSessionDocument, {}, { cookie })),
    );
    expect(new Set(answers.map(({ data }) => data?.session?.id)).size).toBe(1);
    expect(new Set(answers.map(({ setCookies }) => setCookies.join())).size).toBe(1);
    expect(answers[0]?.setCookies).toHaveLength(2);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('refreshes a session in cookies once, even while the page refreshes it, too', async () => {
    const browser = await aSignedInBrowser();
    const cookie = browser.header();
    clock.advance(100 * MINUTE);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0
          ? browser.send(RefreshDocument, {}, { cookie })
          : browser.send(CurrentSessionDocument, {}, { cookie }),
      ),
    );
    expect(answers.flatMap((answer) => codesOf(answer))).toEqual([]);
    expect(new Set(answers.map(({ setCookies }) => setCookies.join())).size).toBe(1);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('keeps a session in cookies within the grace period after an answer was lost', async () => {
    const browser = await aSignedInBrowser();
    const cookie = browser.header();
    clock.advance(100 * MINUTE);
    await aBrowser().send(CurrentSessionDocument, {}, { cookie });
    clock.advance(29_000);
    expect(
      (await browser.send(CurrentSessionDocument, {}, { cookie })).data?.session,
    ).not.toBeNull();
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('ends a session in cookies when its old cookies come back after the new ones were refreshed', async () => {
    const browser = await aSignedInBrowser();
    const stolen = browser.header();
    clock.advance(100 * MINUTE);
    await sessionOf(browser);
    clock.advance(100 * MINUTE);
    await sessionOf(browser);
    const thief = await aBrowser().send(CurrentSessionDocument, {}, { cookie: stolen });
    expect(thief.data?.session).toBeNull();
    expect(await sessionOf(browser)).toBeNull();
  });

  describe('a session in cookies over WebSocket', () => {
    const hello = { type: MessageType.ConnectionInit };
    const whoAmI = {
      id: '1',
      type: MessageType.Subscribe,
      payload: { query: '{ session { id } }' },
    };

    it('uses the session in the cookies of the handshake, and closes the socket when it ends', async () => {
      const browser = await aSignedInBrowser();
      const session = await sessionOf(browser);
      const headers = { cookie: browser.header() };
      const socket = await openRawSocket(service.webSocketUrl, { origin: APP, headers });
      socket.send(hello);
      expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
      socket.send(whoAmI);
      expect(await socket.next()).toMatchObject({
        payload: { data: { session: { id: session?.id } } },
      });
      await browser.send(LogoutDocument, {});
      expect((await socket.closed).code).toBe(4403);
    });

    it('closes a socket after the grace period of a refresh, so that the browser connects with its new cookies', async () => {
      const browser = await aSignedInBrowser();
      const connect = async () => {
        const headers = { cookie: browser.header() };
        const socket = await openRawSocket(service.webSocketUrl, { origin: APP, headers });
        socket.send(hello);
        expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
        socket.send(whoAmI);
        return socket;
      };
      const before = await connect();
      await before.next();
      await before.next();
      await browser.send(RefreshDocument, {});
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      before.send({ ...whoAmI, id: '2' });
      expect((await before.closed).code).toBe(4498);

      const after = await connect();
      const session = await sessionOf(browser);
      expect(await after.next()).toMatchObject({
        payload: { data: { session: { id: session?.id } } },
      });
      after.socket.close();
      await after.closed;
    });

    it('refreshes a session in cookies with the handshake once its refresh window has opened', async () => {
      const browser = await aSignedInBrowser();
      const headers = { cookie: browser.header() };
      clock.advance(100 * MINUTE);
      const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws', {
        origin: APP,
        headers,
      });
      const [response] = (await once(socket, 'upgrade')) as [
        { headers: Record<string, string[] | undefined> },
      ];
      const setCookies = (response.headers['set-cookie'] ?? []).map((text) => parseSetCookie(text));
      expect(setCookies.map(({ name }) => name)).toEqual([ACCESS, REFRESH]);
      expect(setCookies[0]?.value).not.toBe(browser.cookies.get(ACCESS));
      socket.terminate();
      for (const { name, value = '' } of setCookies) browser.cookies.set(name, value);
      expect(await sessionOf(browser)).not.toBeNull();
    });

    it.each([
      ['another site', 'https://evil.example'],
      ['a client without an origin', undefined],
    ])('refuses a handshake with the cookies of a session from %s', async (_where, origin) => {
      const browser = await aSignedInBrowser();
      const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws', {
        ...(origin !== undefined && { origin }),
        headers: { cookie: browser.header() },
      });
      const [, response] = (await once(socket, 'unexpected-response')) as [
        unknown,
        { statusCode: number },
      ];
      expect(response.statusCode).toBe(403);
      socket.on('error', () => undefined);
      socket.terminate();
    });

    describe('operations that would set cookies', () => {
      const ask = async (headers: Record<string, string>, document: object, variables: object) => {
        const socket = await openRawSocket(service.webSocketUrl, { origin: APP, headers });
        socket.send(hello);
        await socket.next();
        const payload = { query: print(document as DocumentNode), variables };
        socket.send({ id: '1', type: MessageType.Subscribe, payload });
        const answer = (await socket.next()) as { payload: Parameters<typeof codesOf>[0] };
        socket.socket.close();
        return codesOf(answer.payload);
      };

      it('refuses to refresh a session in cookies over WebSocket and keeps it', async () => {
        const browser = await aSignedInBrowser();
        const headers = { cookie: browser.header() };
        expect(await ask(headers, RefreshDocument, {})).toEqual(['HTTP_REQUIRED']);
        const { refreshToken } = await signIn(service.url);
        expect(await ask(headers, RefreshDocument, { refreshToken })).toEqual(['HTTP_REQUIRED']);
        expect(await sessionOf(browser)).not.toBeNull();
      });

      it('refuses to sign a browser in over WebSocket, and accepts the signed message over HTTP afterwards', async () => {
        const browser = aBrowser();
        const wallet = aWallet();
        const { account } = wallet;
        const { data } = await browser.send(CreateSignInChallengeDocument, { account });
        const message = data?.createSignInChallenge.message ?? '';
        const signed = { message, signature: await wallet.sign(message) };
        expect(await ask({}, SignInDocument, signed)).toEqual(['HTTP_REQUIRED']);
        const answer = await browser.send(SignInDocument, signed);
        expect(answer.data?.signIn.session.wallet).toBe(account);
      });
    });
  });
});

describe('a service without COOKIES', () => {
  it('neither sets nor reads cookies without COOKIES, and returns tokens to browsers', async () => {
    const service = await startTestService('embedded', { SIGN_IN_ORIGINS: APP });
    const browser = createCookieClient(service.url, { origin: APP });
    const wallet = aWallet();
    const { data } = await browser.send(CreateSignInChallengeDocument, { account: wallet.account });
    const message = data?.createSignInChallenge.message ?? '';
    const answer = await browser.send(SignInDocument, {
      message,
      signature: await wallet.sign(message),
    });
    expect(answer.setCookies).toEqual([]);
    const cookie = `${ACCESS}=${answer.data?.signIn.accessToken ?? ''}`;
    const { data: seen } = await browser.send(CurrentSessionDocument, {}, { cookie });
    expect(seen?.session).toBeNull();
    await service.stop();
  });

  it('refuses to start with COOKIES and a sign-in origin that cannot receive cookies', async () => {
    const start = (origins: string) =>
      startTestService('embedded', { COOKIES: 'true', SIGN_IN_ORIGINS: origins });
    await expect(start('https://a.example,http://b.example')).rejects.toThrow(/COOKIES needs/);
    await (await start('https://a.example,http://localhost:3000')).stop();
  });
});
