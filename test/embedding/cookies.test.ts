import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { parseSetCookie } from 'cookie';
import express from 'express';
import { MessageType } from 'graphql-ws';
import { optionalWalletSession, requireWalletSession } from '../../src/express/index.js';
import { buildWalletSessionsSchema, createContextFunction } from '../../src/graphql/index.js';
import type { WalletSessionsContext } from '../../src/graphql/context.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { serveSubscriptions } from '../../src/websocket/subscriptions.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import { createWalletSessions, type WalletSessions } from '../../src/core/wallet-sessions.js';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutDocument,
  RefreshDocument,
  SignInDocument,
} from '../generated/graphql.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { createCookieClient, type CookieClient } from '../harness/cookie-client.js';
import { aKey } from '../harness/domain.js';
import { failingCalls } from '../harness/failing-calls.js';
import { codesOf } from '../harness/operation.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
/** A page that is not in the list of origins. Browsers send cookies from it nevertheless. */
const SISTER = { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-site' };

/** An application that sets its own cookie and uses every interface of the library. */
async function startApplication(walletSessions: WalletSessions) {
  const schema = buildWalletSessionsSchema();
  const apollo = new ApolloServer<WalletSessionsContext>({
    schema,
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  const contextOf = createContextFunction(walletSessions);
  const app = express();
  app.use((_request, response, next) => {
    response.cookie('theme', 'dark');
    next();
  });
  app.get('/members', requireWalletSession(walletSessions), (request, response) => {
    response.json({ wallet: request.walletSession?.wallet });
  });
  app.all('/everybody', optionalWalletSession(walletSessions), (request, response) => {
    response.json({ wallet: request.walletSession?.wallet ?? null });
  });
  app.post('/sign-in', express.json(), async (request, response) => {
    const signed = request.body as { message: string; signature: string };
    const cookies = await walletSessions.tokenCookies(request, response);
    cookies?.grant(await walletSessions.signIn.complete(signed, walletSessions.sourceOf(request)));
    response.sendStatus(204);
  });
  app.post('/forget', async (request, response) => {
    (await walletSessions.tokenCookies(request, response))?.clear();
    response.sendStatus(204);
  });
  app.use(
    '/graphql',
    optionalWalletSession(walletSessions),
    express.json(),
    expressMiddleware(apollo, { context: ({ req, res }) => contextOf(req, res) }),
  );
  const application = await serve(app);
  const sockets = serveSubscriptions(application.http, {
    walletSessions,
    schema,
  });
  return {
    ...application,
    async close() {
      await sockets.close();
      await apollo.stop();
      await application.close();
    },
  };
}

/** The token cookies among the cookies of an answer. */
const tokenCookies = (setCookies: readonly string[]) =>
  setCookies.map((text) => parseSetCookie(text)).filter(({ name }) => name.startsWith('__Host-'));

describe('an application with sessions in cookies', () => {
  let clock: FakeClock;
  let walletSessions: WalletSessions;
  let application: TestApplication;
  beforeAll(async () => {
    clock = createFakeClock();
    walletSessions = await embedWalletSessions('embedded', { cookies: true, clock });
    application = await startApplication(walletSessions);
  });
  afterAll(async () => {
    await application.close();
    await walletSessions.close();
  });

  const aBrowser = () => createCookieClient(`${application.url}/graphql`, { origin: ORIGIN });

  async function signedMessage(browser: CookieClient) {
    const wallet = aWallet();
    const { account } = wallet;
    const { data } = await browser.send(CreateSignInChallengeDocument, { account });
    const message = data?.createSignInChallenge.message ?? '';
    return { message, signature: await wallet.sign(message), account };
  }

  async function aSignedInBrowser() {
    const browser = aBrowser();
    const { account, ...signed } = await signedMessage(browser);
    const answer = await browser.send(SignInDocument, signed);
    expect(codesOf(answer)).toEqual([]);
    return { browser, account, answer };
  }

  /** A request with the cookies of the browser, by default from a page of the application. */
  const ask = (
    path: string,
    browser: CookieClient,
    page: Record<string, string> = { origin: ORIGIN },
    method = 'GET',
  ) => fetch(application.url + path, { method, headers: { cookie: browser.header(), ...page } });

  it('sets token cookies beside those of the application on sign-in and returns no tokens', async () => {
    const { answer } = await aSignedInBrowser();
    expect(answer.data?.signIn).toMatchObject({ accessToken: null, refreshToken: null });
    const cookies = answer.setCookies.map((text) => parseSetCookie(text));
    expect(cookies.map(({ name }) => name)).toEqual([
      'theme',
      '__Host-wallet-session',
      '__Host-wallet-refresh',
    ]);
    for (const cookie of tokenCookies(answer.setCookies)) {
      expect(cookie).toMatchObject({ path: '/', secure: true, httpOnly: true, sameSite: 'strict' });
    }
  });

  it.each(['/members', '/everybody'])(
    'provides the session in cookies to the middleware of %s',
    async (path) => {
      const { browser, account } = await aSignedInBrowser();
      const response = await ask(path, browser);
      expect(await response.json()).toEqual({ wallet: account });
      expect(tokenCookies(response.headers.getSetCookie())).toEqual([]);
    },
  );

  it.each(['/members', '/everybody'])(
    'refreshes the session in cookies in the middleware of %s once its refresh window has opened',
    async (path) => {
      const { browser, account } = await aSignedInBrowser();
      clock.advance(90 * MINUTE);
      const response = await ask(path, browser);
      expect(await response.json()).toEqual({ wallet: account });
      expect(response.headers.get('cache-control')).toBe('no-store');
      const [access] = tokenCookies(response.headers.getSetCookie());
      expect(access).toMatchObject({ maxAge: 2 * 60 * 60 });
      expect(access?.value).not.toBe(browser.cookies.get('__Host-wallet-session'));
    },
  );

  it('refreshes a session in cookies once for a request with both the middleware and the context function', async () => {
    const { browser } = await aSignedInBrowser();
    clock.advance(90 * MINUTE);
    const { data, setCookies } = await browser.send(CurrentSessionDocument, {});
    expect(data?.session?.current).toBe(true);
    expect(tokenCookies(setCookies)).toHaveLength(2);
    clock.advance(60 * MINUTE);
    expect((await browser.send(CurrentSessionDocument, {})).data?.session).not.toBeNull();
  });

  it('sets only the last cookies when one request changes them twice', async () => {
    const { browser } = await aSignedInBrowser();
    clock.advance(90 * MINUTE);
    const { setCookies } = await browser.send(LogoutDocument, {});
    expect(tokenCookies(setCookies).map(({ maxAge }) => maxAge)).toEqual([0, 0]);
    expect([...browser.cookies.keys()]).toEqual(['theme']);
  });

  it('ignores cookies in an application when a request has a bearer token', async () => {
    const { browser } = await aSignedInBrowser();
    const { accessToken, session } = await signInTo(walletSessions);
    const response = await ask('/members', browser, { authorization: `Bearer ${accessToken}` });
    expect(await response.json()).toEqual({ wallet: session.wallet });
  });

  it('sets and clears session cookies outside GraphQL', async () => {
    const browser = aBrowser();
    const { account, ...signed } = await signedMessage(browser);
    const headers = { origin: ORIGIN, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(signed) };
    const response = await fetch(`${application.url}/sign-in`, init);
    for (const { name, value = '' } of tokenCookies(response.headers.getSetCookie())) {
      browser.cookies.set(name, value);
    }
    expect(await (await ask('/members', browser)).json()).toEqual({ wallet: account });
    const forgotten = await ask('/forget', browser, undefined, 'POST');
    const cookies = tokenCookies(forgotten.headers.getSetCookie());
    expect(cookies.map(({ maxAge }) => maxAge)).toEqual([0, 0]);
  });

  describe('cookies from a page that is not allowed', () => {
    it('answers 403 to the cookies of a page that is not allowed when a session is required', async () => {
      const { browser } = await aSignedInBrowser();
      const response = await ask('/members', browser, SISTER);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED', status: 403 });
      expect((await ask('/members', browser)).status).toBe(200);
    });

    it('ignores the cookies of a page that is not allowed when the session is optional', async () => {
      const { browser } = await aSignedInBrowser();
      const response = await ask('/everybody', browser, SISTER);
      expect(await response.json()).toEqual({ wallet: null });
      expect(tokenCookies(response.headers.getSetCookie())).toEqual([]);
    });

    it('refuses a GraphQL operation with the cookies of a page that is not allowed', async () => {
      const { browser } = await aSignedInBrowser();
      const headers = SISTER;
      const answer = await browser.send(LogoutDocument, {}, { headers });
      expect([answer.status, ...codesOf(answer)]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
      expect((await ask('/members', browser)).status).toBe(200);
    });
  });

  describe('cookies on navigation', () => {
    /** `fetch` of Node.js sets `Sec-Fetch-Mode` itself. This does not. */
    const visit = async (headers: Record<string, string>, method = 'GET') => {
      const request = http.request(`${application.url}/everybody`, { method, headers }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return json(response);
    };
    const TOP = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

    it.each(['none', 'same-origin', 'same-site'])(
      'accepts cookies on navigation with Sec-Fetch-Site: %s',
      async (site) => {
        const { browser, account } = await aSignedInBrowser();
        const seen = await visit({ cookie: browser.header(), 'sec-fetch-site': site, ...TOP });
        expect(seen).toEqual({ wallet: account });
      },
    );

    it.each<[string, Record<string, string>, string]>([
      ['with a method other than GET', { 'sec-fetch-site': 'none', ...TOP }, 'POST'],
      ['in a frame', { 'sec-fetch-site': 'same-site', ...TOP, 'sec-fetch-dest': 'iframe' }, 'GET'],
      ['by a script', { 'sec-fetch-site': 'same-site', ...TOP, 'sec-fetch-mode': 'cors' }, 'GET'],
      ['from another site', { 'sec-fetch-site': 'cross-site', ...TOP }, 'GET'],
      ['from another page', { ...SISTER, ...TOP }, 'GET'],
      ['without Sec-Fetch headers', {}, 'GET'],
    ])('ignores the cookies of a navigation request %s', async (_how, page, method) => {
      const { browser } = await aSignedInBrowser();
      expect(await visit({ cookie: browser.header(), ...page }, method)).toEqual({ wallet: null });
    });
  });

  describe('cookies over WebSocket', () => {
    const open = async (headers: Record<string, string>) => {
      const url = `${application.url.replace('http', 'ws')}/graphql`;
      const socket = await openRawSocket(url, { origin: ORIGIN, headers });
      socket.send({ type: MessageType.ConnectionInit });
      expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
      return socket;
    };
    const subscribe = (query: string) => ({
      id: '1',
      type: MessageType.Subscribe,
      payload: { query },
    });

    it('uses the session in the cookies of a handshake in an application, and closes the socket when it ends', async () => {
      const { browser, account } = await aSignedInBrowser();
      const socket = await open({ cookie: browser.header() });
      socket.send(subscribe('{ session { wallet } }'));
      expect(await socket.next()).toMatchObject({
        payload: { data: { session: { wallet: account } } },
      });
      await browser.send(LogoutDocument, {});
      expect((await socket.closed).code).toBe(4403);
    });

    it('closes a socket with cookies after the grace period of a refresh, with the code that makes clients reconnect', async () => {
      const { browser } = await aSignedInBrowser();
      const socket = await open({ cookie: browser.header() });
      await browser.send(RefreshDocument, {});
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      socket.send(subscribe('{ session { wallet } }'));
      expect((await socket.closed).code).toBe(4498);
    });

    it('answers HTTP_REQUIRED to a refresh over a socket with cookies', async () => {
      const { browser } = await aSignedInBrowser();
      const socket = await open({ cookie: browser.header() });
      socket.send(subscribe('mutation { refresh { accessToken } }'));
      expect(await socket.next()).toMatchObject({
        payload: { errors: [{ extensions: { code: 'HTTP_REQUIRED' } }] },
      });
      socket.socket.terminate();
    });
  });
});

describe('session cookies of the library', () => {
  it('accepts session cookies only from the origins that are configured for them', async () => {
    const origins = ['https://www.example.com'];
    const walletSessions = await embedWalletSessions('embedded', { cookies: { origins } });
    const application = await startApplication(walletSessions);
    const { accessToken } = await signInTo(walletSessions);
    const cookie = `__Host-wallet-session=${accessToken}`;
    const from = async (origin: string) =>
      (await fetch(`${application.url}/members`, { headers: { origin, cookie } })).status;
    expect(await from('https://www.example.com')).toBe(200);
    expect(await from(ORIGIN)).toBe(403);
    await application.close();
    await walletSessions.close();
  });

  it('refuses the cookies option for an origin that cannot receive cookies', async () => {
    const directory = await temporaryDirectory();
    const store = openEmbeddedStore({ directory: directory.path });
    const compose = (origin: string, cookies: boolean | { origins: string[] }) =>
      createWalletSessions({ store, keys: [aKey('first')], origins: [origin], cookies });
    const plain = 'http://app.example.com';
    expect(() => compose(plain, true)).toThrow(`localhost, unlike ${plain}: browsers`);
    expect(() => compose(ORIGIN, { origins: [plain] })).toThrow(
      `localhost, unlike ${plain}: browsers`,
    );
    await store.close();
    await directory.remove();
  });

  it('answers 429 to a request with cookies when the rate limit prevents a refresh', async () => {
    const refresh = { ...NO_RATE_LIMITS.refresh, session: { acts: 1, window: MINUTE } };
    const walletSessions = await embedWalletSessions('embedded', {
      cookies: true,
      rateLimits: { ...NO_RATE_LIMITS, refresh },
    });
    const application = await startApplication(walletSessions);
    const first = await signInTo(walletSessions);
    const { refreshToken } = await walletSessions.sessions.refresh(first.refreshToken, {});
    const headers = { origin: ORIGIN, cookie: `__Host-wallet-refresh=${refreshToken}` };
    const ask = (path: string) => fetch(application.url + path, { headers });
    for (const path of ['/members', '/everybody']) {
      const response = await ask(path);
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({
        code: 'RATE_LIMITED',
        detail: expect.stringMatching(/^Too many attempts\. Try again in \d+ s\.$/) as string,
      });
    }
    await application.close();
    await walletSessions.close();
  });

  it('replaces session cookies on sign-in even when ending the previous session fails, and reports the failure', async () => {
    const calls = failingCalls();
    const reported: unknown[] = [];
    const walletSessions = await embedWalletSessions(
      'embedded',
      { cookies: true, report: (error) => reported.push(error) },
      (store) => calls.within(store),
    );
    const application = await startApplication(walletSessions);
    const browser = createCookieClient(`${application.url}/graphql`, { origin: ORIGIN });
    const signIn = async () => {
      const wallet = aWallet();
      const { message = '' } = await walletSessions.signIn.createChallenge(wallet, {});
      const signed = { message, signature: await wallet.sign(message) };
      expect(codesOf(await browser.send(SignInDocument, signed))).toEqual([]);
    };
    await signIn();
    calls.fail('sessions.revoke');
    await signIn();
    expect(reported).toEqual([
      calls.failure,
      expect.objectContaining({
        message:
          'Sessions that should have been revoked may still be active. The service tries again each second.',
      }),
    ]);
    await application.close();
    await walletSessions.close();
  });

  it('rejects in the context function without a response when cookies are enabled', async () => {
    const walletSessions = await embedWalletSessions('embedded', { cookies: true });
    const application = await serve((request, response) => {
      createContextFunction(walletSessions)(request).then(
        () => response.end('no error'),
        (error: unknown) => response.end(String(error)),
      );
    });
    const answer = await (await fetch(application.url)).text();
    expect(answer).toMatch(/TypeError: .* hand over the response/);
    await application.close();
    await walletSessions.close();
  });

  it('ignores session cookies unless they are enabled', async () => {
    const walletSessions = await embedWalletSessions('embedded');
    const application = await startApplication(walletSessions);
    const { accessToken } = await signInTo(walletSessions);
    const headers = { origin: ORIGIN, cookie: `__Host-wallet-session=${accessToken}` };
    expect((await fetch(`${application.url}/members`, { headers })).status).toBe(401);
    await application.close();
    await walletSessions.close();
  });
});
