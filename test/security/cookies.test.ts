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

describe.each(EVERY_STORE)('a session in cookies, on the %s store,', (store) => {
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
    const { data } = await browser.send(CreateSignInChallengeDocument, { address: wallet.address });
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

  it('begins with a sign-in, whose tokens are in cookies and not in the answer', async () => {
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

  it('is known by its cookies, and says nothing more of them', async () => {
    const browser = await aSignedInBrowser();
    const { data, setCookies } = await browser.send(CurrentSessionDocument, {});
    expect(data?.session?.current).toBe(true);
    expect(setCookies).toEqual([]);
  });

  it('is there for a page of the service’s own origin, too', async () => {
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
    ['nowhere', {}],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('is refused to a request from %s', async (_where, page) => {
    const signedIn = await aSignedInBrowser();
    const browser = aBrowser(page);
    const forged = await browser.send(LogoutAllDocument, {}, { cookie: signedIn.header() });
    expect(codesOf(forged)).toEqual(['ORIGIN_NOT_ALLOWED']);
    expect(forged.status).toBe(403);
    expect(forged.setCookies).toEqual([]);
    expect(await sessionOf(signedIn)).not.toBeNull();
  });

  it('has nothing to do with a bearer token, which goes before the cookies', async () => {
    const browser = await aSignedInBrowser();
    const { accessToken, session } = await signIn(service.url);
    const authorization = `Bearer ${accessToken}`;
    const { data } = await browser.send(CurrentSessionDocument, {}, { headers: { authorization } });
    expect(data?.session?.id).toBe(session.id);
  });

  it('is found beside the password that a proxy has asked for', async () => {
    const browser = await aSignedInBrowser();
    const headers = { authorization: `Basic ${btoa('visitor:password')}` };
    expect((await browser.send(CurrentSessionDocument, {}, { headers })).data?.session?.id).toMatch(
      /./,
    );
  });

  it('is for browsers: others get their tokens in the answer', async () => {
    const { accessToken, refreshToken } = await signIn(service.url);
    expect([accessToken, refreshToken]).toEqual([expect.any(String), expect.any(String)]);
  });

  it('is refreshed by the refresh token in its cookie, which is exchanged there', async () => {
    const browser = await aSignedInBrowser();
    const before = browser.header();
    const { data } = await browser.send(RefreshDocument, {});
    expect(data?.refresh).toMatchObject({ accessToken: null, refreshToken: null });
    expect(browser.header()).not.toBe(before);
    expect((await sessionOf(browser))?.id).toBe(data?.refresh.session.id);
  });

  it('gives no tokens away to a script that asks with the token of another session', async () => {
    const browser = await aSignedInBrowser();
    const { refreshToken } = await signIn(service.url);
    const { data } = await browser.send(RefreshDocument, { refreshToken });
    expect(data?.refresh).toMatchObject({ accessToken: null, refreshToken: null });
  });

  it.each([
    ['logout', LogoutDocument],
    ['logoutAll', LogoutAllDocument],
  ] as const)('ends with %s, which takes the cookies away', async (_name, document) => {
    const browser = await aSignedInBrowser();
    const before = browser.header();
    const { setCookies } = await browser.send<object, Record<string, never>>(document, {});
    expect(setCookies.map((text) => parseSetCookie(text).maxAge)).toEqual([0, 0]);
    expect(browser.cookies.size).toBe(0);
    const { data } = await browser.send(CurrentSessionDocument, {}, { cookie: before });
    expect(data?.session).toBeNull();
  });

  it('ends with a sign-in that takes its place, be it of the same wallet or of another', async () => {
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

  it('keeps its cookies where another session ends, or all others', async () => {
    const wallet = aWallet();
    const browser = await aSignedInBrowser(wallet);
    const { session } = await signIn(service.url, wallet);
    const one = await browser.send(LogoutDocument, { sessionId: session.id });
    const others = await browser.send(LogoutAllDocument, { keepCurrent: true });
    expect([...one.setCookies, ...others.setCookies]).toEqual([]);
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it('takes the cookies of a session away that has ended', async () => {
    const wallet = aWallet();
    const browser = await aSignedInBrowser(wallet);
    const { accessToken } = await signIn(service.url, wallet);
    await apiClient(service.url, accessToken).request(LogoutAllDocument, {});
    const answer = await browser.send(SessionsDocument, {});
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(browser.cookies.size).toBe(0);
  });

  it('is refreshed by the service itself, once its refresh window has opened', async () => {
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

  it('gets the same cookies from twenty requests at once, whichever comes first', async () => {
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

  it('is refreshed once, also by a page that refreshes while the service does', async () => {
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

  it('outlives an answer that was lost on the way, within the grace window', async () => {
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

  it('ends where its old cookies come back after the new ones were refreshed in turn', async () => {
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

  describe('over WebSocket,', () => {
    const hello = { type: MessageType.ConnectionInit };
    const whoAmI = {
      id: '1',
      type: MessageType.Subscribe,
      payload: { query: '{ session { id } }' },
    };

    it('is that of the handshake’s cookies, and closes the socket with its end', async () => {
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

    it('is closed after the grace time of a refresh, for the browser to connect with its new cookies', async () => {
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

    it('is refreshed with the handshake, once its refresh window has opened', async () => {
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
      ['nowhere', undefined],
    ])('is refused to a handshake from %s', async (_where, origin) => {
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

    describe('gives no tokens away, since it can set no cookies:', () => {
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

      it('refresh is refused, and the session goes on', async () => {
        const browser = await aSignedInBrowser();
        const headers = { cookie: browser.header() };
        expect(await ask(headers, RefreshDocument, {})).toEqual(['HTTP_REQUIRED']);
        const { refreshToken } = await signIn(service.url);
        expect(await ask(headers, RefreshDocument, { refreshToken })).toEqual(['HTTP_REQUIRED']);
        expect(await sessionOf(browser)).not.toBeNull();
      });

      it('signIn is refused, and the signed message works over HTTP still', async () => {
        const browser = aBrowser();
        const wallet = aWallet();
        const { address } = wallet;
        const { data } = await browser.send(CreateSignInChallengeDocument, { address });
        const message = data?.createSignInChallenge.message ?? '';
        const signed = { message, signature: await wallet.sign(message) };
        expect(await ask({}, SignInDocument, signed)).toEqual(['HTTP_REQUIRED']);
        const answer = await browser.send(SignInDocument, signed);
        expect(answer.data?.signIn.session.wallet).toBe(address);
      });
    });
  });
});

describe('without COOKIES', () => {
  it('no cookie is set or read, and browsers get their tokens in the answer', async () => {
    const service = await startTestService('embedded', { SIGN_IN_ORIGINS: APP });
    const browser = createCookieClient(service.url, { origin: APP });
    const wallet = aWallet();
    const { data } = await browser.send(CreateSignInChallengeDocument, { address: wallet.address });
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

  it('no origin is accepted whose pages would not get cookies', async () => {
    const start = (origins: string) =>
      startTestService('embedded', { COOKIES: 'true', SIGN_IN_ORIGINS: origins });
    await expect(start('https://a.example,http://b.example')).rejects.toThrow(/COOKIES needs/);
    await (await start('https://a.example,http://localhost:3000')).stop();
  });
});
