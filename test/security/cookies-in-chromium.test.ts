import express from 'express';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { requireWalletSession } from '../../src/express/index.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { launchBrowser } from '../harness/browser.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const NAMES = ['__Host-wallet-refresh', '__Host-wallet-session'];

/** The answer of the API to a page. */
interface Heard {
  readonly data?: Record<string, Record<string, unknown> | null> | null;
}

/** A page that the test controls. As `localhost` it is on the site of the service, by its IP address on another. */
async function serveAnyPage() {
  const served = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><body></body>');
  });
  const { port } = new URL(served.url);
  return { ...served, sister: `http://localhost:${port}`, stranger: served.url };
}

describe('a session in cookies in Chromium', () => {
  let browser: Browser;
  let app: Awaited<ReturnType<typeof serveAnyPage>>;
  let other: Awaited<ReturnType<typeof serveAnyPage>>;
  let context: BrowserContext;
  beforeAll(async () => {
    [browser, app, other] = await Promise.all([launchBrowser(), serveAnyPage(), serveAnyPage()]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([app.close(), other.close()]);
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  async function openPage(url: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  describe('cookies of the service', () => {
    let clock: FakeClock;
    let service: TestService;
    beforeAll(async () => {
      clock = createFakeClock();
      const environment = { COOKIES: 'true', SIGN_IN_ORIGINS: app.sister };
      service = await startTestService('embedded', environment, clock);
    });
    afterAll(() => service.stop());

    /** Sends an operation from a script of the page. */
    const ask = (page: Page, query: string, variables: object = {}): Promise<Heard> =>
      page.evaluate(
        async ([url, body]) => {
          const headers = { 'content-type': 'application/json' };
          const init = { method: 'POST', credentials: 'include', headers, body } as const;
          return (await (await fetch(url, init)).json()) as Heard;
        },
        [service.url, JSON.stringify({ query, variables })] as const,
      );
    const sessionOf = async (page: Page) =>
      (await ask(page, '{ session { id } }')).data?.['session']?.['id'];

    async function aSignedInPage(): Promise<Page> {
      const page = await openPage(app.sister);
      const wallet = aWallet();
      const { data } = await ask(
        page,
        'mutation ($account: AccountId!) { createSignInChallenge(account: $account) { message } }',
        { account: wallet.account },
      );
      const message = String(data?.['createSignInChallenge']?.['message']);
      const signed = await ask(
        page,
        `mutation ($message: String!, $signature: String!) {
          signIn(message: $message, signature: $signature) { accessToken refreshToken }
        }`,
        { message, signature: await wallet.sign(message) },
      );
      expect(signed.data?.['signIn']).toEqual({ accessToken: null, refreshToken: null });
      return page;
    }

    it('keeps a session in cookies through a reload in Chromium, out of sight of scripts', async () => {
      const page = await aSignedInPage();
      const id = await sessionOf(page);
      await page.reload();
      expect(id).toEqual(expect.any(String));
      expect(await sessionOf(page)).toBe(id);
      expect(await page.evaluate('document.cookie')).toBe('');
      const cookies = await context.cookies(service.url);
      expect(cookies.map(({ name }) => name).sort()).toEqual(NAMES);
      for (const cookie of cookies) {
        expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
      }
    });

    it('refreshes a session in cookies of Chromium inside its refresh window', async () => {
      const page = await aSignedInPage();
      const before = await context.cookies(service.url);
      clock.advance(90 * 60_000);
      const id = await sessionOf(page);
      const after = await context.cookies(service.url);
      expect(after).toHaveLength(2);
      const values = new Set([...before, ...after].map(({ value }) => value));
      expect(values.size).toBe(4);
      clock.advance(60 * 60_000);
      expect(await sessionOf(page)).toBe(id);
    });

    it.each(['logout { sessionId }', 'logoutAll { count }'])(
      'ends a session in cookies of Chromium with %s and removes the cookies',
      async (field) => {
        const page = await aSignedInPage();
        await ask(page, `mutation { ${field} }`);
        expect(await context.cookies(service.url)).toEqual([]);
        expect(await sessionOf(page)).toBeUndefined();
      },
    );

    /** Opens a WebSocket from the page. Resolves to whether it opened. */
    const opensSocket = (page: Page): Promise<boolean> =>
      page.evaluate(
        (url) =>
          new Promise<boolean>((resolve) => {
            const socket = new WebSocket(url, 'graphql-transport-ws');
            socket.onopen = () => {
              resolve(true);
            };
            socket.onerror = () => {
              resolve(false);
            };
          }),
        service.webSocketUrl,
      );

    it('lets a page open a WebSocket with its session in cookies', async () => {
      expect(await opensSocket(await aSignedInPage())).toBe(true);
    });

    describe.each(['sister', 'stranger'] as const)('a %s page', (which) => {
      let own: Page;
      let forging: Page;
      beforeEach(async () => {
        own = await aSignedInPage();
        forging = await openPage(other[which]);
      });
      afterEach(async () => {
        expect(await sessionOf(own)).toEqual(expect.any(String));
      });

      it('runs no operation from a form in another page with the cookies of a session', async () => {
        for (const enctype of ['application/x-www-form-urlencoded', 'text/plain']) {
          const answered = forging.waitForResponse(service.url);
          await forging.evaluate(
            `document.body.innerHTML = '<form method="post" action="${service.url}"' +
              ' enctype="${enctype}"><input name="query" value="mutation{logoutAll{count}}"></form>';
            document.forms[0].target = 'frame';
            document.body.append(Object.assign(document.createElement('iframe'), { name: 'frame' }));
            document.forms[0].submit();`,
          );
          expect((await answered).ok()).toBe(false);
        }
      });

      it('runs no operation from a script in another page with the cookies of a session, and shows it no answer', async () => {
        for (const mode of ['cors', 'no-cors']) {
          const heard = await forging.evaluate(
            async ([url, as]) => {
              const type = as === 'cors' ? 'application/json' : 'text/plain';
              const body = JSON.stringify({ query: 'mutation { logoutAll { count } }' });
              const headers = { 'content-type': type };
              const init = { method: 'POST', credentials: 'include', mode: as, headers, body };
              const answer = await fetch(url, init as RequestInit).catch(() => undefined);
              return (await answer?.text()) ?? '';
            },
            [service.url, mode] as const,
          );
          expect(heard).toBe('');
        }
      });

      it('opens no WebSocket for another page with the cookies of a session', async () => {
        expect(await opensSocket(forging)).toBe(false);
      });
    });
  });

  describe('cookies of an application in Express', () => {
    let walletSessions: WalletSessions;
    let application: TestApplication;
    let home: string;
    beforeAll(async () => {
      walletSessions = await embedWalletSessions('embedded', {
        cookies: { origins: [app.sister] },
      });
      const members = express();
      members.get('/', (_request, response) => response.send('<!doctype html>'));
      members.post('/enter', async (request, response) => {
        const cookies = await walletSessions.tokenCookies(request, response);
        cookies?.grant(await signInTo(walletSessions));
        response.sendStatus(204);
      });
      members.get('/members', requireWalletSession(walletSessions), (_request, response) => {
        response.send('welcome');
      });
      application = await serve(members);
      home = application.url.replace('127.0.0.1', 'localhost');
    });
    afterAll(async () => {
      await application.close();
      await walletSessions.close();
    });

    async function enter(): Promise<Page> {
      const page = await openPage(home);
      await page.evaluate(async () => {
        await fetch('/enter', { method: 'POST' });
      });
      return page;
    }

    /** Follows a link of a page to the members, and resolves to the status of the answer. */
    async function follow(page: Page): Promise<number> {
      const url = `${home}/members`;
      const answered = page.waitForResponse(url);
      await page.evaluate(`location.href = '${url}'`);
      await page.waitForURL(url);
      return (await answered).status();
    }

    it('accepts the cookies of a session when the user types the address or follows a link on the same site', async () => {
      const page = await enter();
      expect(await follow(page)).toBe(200);
      expect((await page.goto(`${home}/members`))?.status()).toBe(200);
      expect((await page.reload())?.status()).toBe(200);
      expect(await follow(await openPage(other.sister))).toBe(200);
    });

    it('gets no cookies of a session when the user follows a link from another site', async () => {
      await enter();
      expect(await follow(await openPage(other.stranger))).toBe(401);
    });

    it('refuses the cookies of a session for a frame in a page of another origin', async () => {
      await enter();
      const page = await openPage(other.sister);
      const answered = page.waitForResponse(`${home}/members`);
      await page.evaluate(`document.body.innerHTML = '<iframe src="${home}/members"></iframe>'`);
      expect((await answered).status()).toBe(403);
    });
  });
});
