import { once } from 'node:events';
import http, { type OutgoingHttpHeader } from 'node:http';
import { parseSetCookie } from 'cookie';
import express, { type Response } from 'express';
import { requireWalletSession } from '../../src/express/index.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE } from '../harness/stores.js';

const MINUTE = 60_000;
const ACCESS = '__Host-wallet-session';
const REFRESH = '__Host-wallet-refresh';

/** Ways in which applications write the headers of an answer after the middleware. */
const ANSWERS: Record<string, (response: Response) => void> = {
  'writeHead with an object': (response) =>
    void response.writeHead(200, { 'Set-Cookie': 'app=1', 'Cache-Control': 'public' }).end(),
  'writeHead with an object and a status message': (response) =>
    void response.writeHead(200, 'Fine', { 'set-cookie': ['app=1'] }).end(),
  'writeHead with a list': (response) =>
    void response
      .writeHead(200, ['Set-Cookie', 'app=1', 'Cache-Control', 'public'] as OutgoingHttpHeader[])
      .end(),
  'writeHead with the headers of another back end, as a proxy does': (response) =>
    void response
      .writeHead(200, { 'set-cookie': ['app=1'], 'cache-control': 'max-age=60, public' })
      .end(),
  set: (response) => void response.set('Set-Cookie', 'app=1').set('Cache-Control', 'public').end(),
  'write without ending': (response) => {
    response.setHeader('Set-Cookie', 'app=1');
    response.write('first');
    response.end('last');
  },
  flushHeaders: (response) => {
    response.setHeader('Set-Cookie', 'app=1');
    response.flushHeaders();
    response.end();
  },
};

describe.each(EVERY_STORE)(
  'a session in cookies with lost or special answers, on the %s store',
  (store) => {
    let clock: FakeClock;
    let walletSessions: WalletSessions;
    let application: TestApplication;

    beforeAll(async () => {
      clock = createFakeClock();
      walletSessions = await embedWalletSessions(store, { cookies: true, clock });
      const app = express();
      app.get('/page', requireWalletSession(walletSessions), (request, response) => {
        response.json({ id: request.walletSession?.id });
      });
      app.get(
        '/check',
        requireWalletSession(walletSessions, { refresh: false }),
        (request, response) => {
          response.json({ id: request.walletSession?.id });
        },
      );
      app.get('/no-response', async (request, response) => {
        response.json({ id: (await walletSessions.validateRequest(request))?.id });
      });
      app.get('/checked-first', async (request, response) => {
        await walletSessions.validateRequest(request, response, { refresh: false });
        response.json({ id: (await walletSessions.validateRequest(request, response))?.id });
      });
      app.get(
        '/stream',
        (_request, response, next) => {
          response.flushHeaders();
          next();
        },
        requireWalletSession(walletSessions),
        async (request, response) => {
          const cookies = await walletSessions.tokenCookies(request, response);
          const refusal = await Promise.resolve()
            .then(() => cookies?.assertSettable())
            .catch((error: unknown) => error);
          response.end(JSON.stringify({ id: request.walletSession?.id, refusal }));
        },
      );
      for (const [name, answer] of Object.entries(ANSWERS)) {
        app.get(
          `/${encodeURIComponent(name)}`,
          requireWalletSession(walletSessions),
          (_, response) => {
            answer(response);
          },
        );
      }
      application = await serve(app);
    });
    afterAll(async () => {
      await application.close();
      await walletSessions.close();
    });

    const cookieOf = (access: string, refresh: string) =>
      `${ACCESS}=${access}; ${REFRESH}=${refresh}`;

    /** The cookies of a new session whose refresh window has opened. */
    async function inTheRefreshWindow() {
      const { session, accessToken, refreshToken } = await signInTo(walletSessions);
      clock.advance(90 * MINUTE);
      return { id: session.id, cookie: cookieOf(accessToken, refreshToken) };
    }

    const ask = (path: string, cookie: string) =>
      fetch(application.url + path, { headers: { origin: ORIGIN, cookie } });

    /** The token cookies of an answer, as the browser sends them back. */
    function granted(response: globalThis.Response): string | undefined {
      const cookies = response.headers.getSetCookie().map((text) => parseSetCookie(text));
      const [access, refresh] = [ACCESS, REFRESH].map(
        (name) => cookies.find((cookie) => cookie.name === name)?.value,
      );
      return access === undefined || refresh === undefined ? undefined : cookieOf(access, refresh);
    }

    const idIn = async (response: globalThis.Response) =>
      ((await response.json()) as { id?: string }).id;

    it('sets new cookies again as long as the answers that set them are lost, and keeps the session', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const lost = [];
      for (let count = 0; count < 5; count += 1) {
        const response = await ask('/page', cookie);
        expect(await idIn(response)).toBe(id);
        lost.push(granted(response));
        clock.advance(5 * MINUTE);
      }
      const arrived = await ask('/page', cookie);
      expect(await idIn(arrived)).toBe(id);
      expect(lost).not.toContain(granted(arrived));
      expect(await idIn(await ask('/page', granted(arrived) ?? ''))).toBe(id);
      clock.advance(90 * MINUTE);
      expect(granted(await ask('/page', granted(arrived) ?? ''))).toBeDefined();
    });

    it('keeps the session when parallel answers arrive in the wrong order after one was lost', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const lost = granted(await ask('/page', cookie)) ?? '';
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask('/page', cookie)));
      expect(new Set(answers.map(granted)).size).toBe(1);
      expect(await idIn(await ask('/page', granted(answers[0] as never) ?? ''))).toBe(id);
      // The lost answer arrives after all, and overwrites the cookies.
      const late = await ask('/page', lost);
      expect(granted(late)).toBe(granted(answers[0] as never));
      expect(await idIn(late)).toBe(id);
    });

    it('validates a session without a refresh when lost answers have used up its refreshes', async () => {
      const acts = 3;
      const refresh = { ...NO_RATE_LIMITS.refresh, session: { acts, window: 10 * 60 * MINUTE } };
      const rateLimits = { ...NO_RATE_LIMITS, refresh };
      const limited = await embedWalletSessions(store, { cookies: true, clock, rateLimits });
      const { session, ...tokens } = await signInTo(limited);
      clock.advance(90 * MINUTE);
      for (let count = 0; count < acts + 3; count += 1) {
        const validated = await limited.sessions.validateAndRefresh(tokens, {});
        expect(validated.session?.id).toBe(session.id);
        expect(validated.grant !== undefined).toBe(count < acts);
        clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      }
      await limited.close();
    });

    it('ends the session when old cookies come after the grace period and the new ones have been used', async () => {
      const { cookie } = await inTheRefreshWindow();
      const renewed = granted(await ask('/page', cookie)) ?? '';
      expect((await ask('/page', renewed)).status).toBe(200);
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      expect((await ask('/page', cookie)).status).toBe(401);
      expect((await ask('/page', renewed)).status).toBe(401);
    });

    it('keeps the session when the browser aborts the request that refreshes it', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const request = http.get(`${application.url}/page`, { headers: { origin: ORIGIN, cookie } });
      await once(request, 'response');
      request.destroy();
      clock.advance(20 * MINUTE);
      expect(await idIn(await ask('/page', cookie))).toBe(id);
    });

    it.each(['/check', '/no-response'])(
      'validates the cookies of a session without a refresh at %s',
      async (path) => {
        const { id, cookie } = await inTheRefreshWindow();
        for (let count = 0; count < 2; count += 1) {
          const response = await ask(path, cookie);
          expect(response.headers.getSetCookie()).toEqual([]);
          expect(await idIn(response)).toBe(id);
        }
        const session = await walletSessions.sessions.validateTokens(tokensOf(cookie), {});
        expect(session?.generation).toBe(0);
      },
    );

    it('accepts old cookies at a check within the grace period, and refuses them afterwards without ending the session', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const renewed = granted(await ask('/page', cookie)) ?? '';
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace - 1);
      expect(await idIn(await ask('/check', cookie))).toBe(id);
      expect(await idIn(await ask('/check', renewed))).toBe(id);
      clock.advance(1);
      expect((await ask('/check', cookie)).status).toBe(401);
      expect(await idIn(await ask('/check', renewed))).toBe(id);
    });

    it('accepts old cookies at a check for as long as the new ones are unused', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      await ask('/page', cookie);
      clock.advance(20 * MINUTE);
      expect(await idIn(await ask('/check', cookie))).toBe(id);
      const renewed = granted(await ask('/page', cookie)) ?? '';
      expect(await idIn(await ask('/check', renewed))).toBe(id);
      clock.advance(DEFAULT_SESSION_POLICY.refreshGrace);
      expect((await ask('/check', cookie)).status).toBe(401);
      expect(await idIn(await ask('/check', renewed))).toBe(id);
    });

    it('refuses an altered refresh token at a check, and uses the session of the refresh token', async () => {
      const { cookie } = await inTheRefreshWindow();
      const other = await inTheRefreshWindow();
      await ask('/page', cookie);
      const { accessToken = '', refreshToken = '' } = tokensOf(cookie);
      const altered = refreshToken.slice(0, -1) + (refreshToken.endsWith('A') ? 'B' : 'A');
      expect((await ask('/check', cookieOf(accessToken, altered))).status).toBe(401);
      const mixed = cookieOf(accessToken, tokensOf(other.cookie).refreshToken ?? '');
      expect(await idIn(await ask('/check', mixed))).toBe(other.id);
    });

    it('refreshes a session for a request that was first only checked', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const response = await ask('/checked-first', cookie);
      expect(granted(response)).toBeDefined();
      expect(await idIn(response)).toBe(id);
    });

    it.each(Object.keys(ANSWERS))(
      'sets session cookies beside those of the application and forbids caching of an answer by %s',
      async (name) => {
        const { id, cookie } = await inTheRefreshWindow();
        const response = await ask(`/${encodeURIComponent(name)}`, cookie);
        const names = response.headers.getSetCookie().map((text) => parseSetCookie(text).name);
        expect(names).toEqual(['app', ACCESS, REFRESH]);
        expect(response.headers.get('cache-control')).toBe('no-store');
        expect(await idIn(await ask('/check', granted(response) ?? ''))).toBe(id);
      },
    );

    it('validates a session without a refresh when the headers of the answer have been sent', async () => {
      const { id, cookie } = await inTheRefreshWindow();
      const response = await ask('/stream', cookie);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await response.json()).toMatchObject({ id, refusal: { code: 'HTTP_REQUIRED' } });
      expect(granted(await ask('/page', cookie))).toBeDefined();
    });
  },
);

function tokensOf(cookie: string): { accessToken?: string; refreshToken?: string } {
  const [accessToken, refreshToken] = cookie
    .split('; ')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  return { accessToken: accessToken ?? '', refreshToken: refreshToken ?? '' };
}
