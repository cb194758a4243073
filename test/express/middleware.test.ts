import type { RequestListener } from 'node:http';
import express5, { type Express } from 'express';
import express4 from 'express4';
import {
  optionalWalletSession,
  requireWalletSession,
  walletSessionOf,
} from '../../src/express/index.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createWalletSessions, type WalletSessions } from '../../src/library/wallet-sessions.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { aKey } from '../harness/domain.js';
import { startRedisServer } from '../harness/redis-server.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE } from '../harness/stores.js';

const EXPRESS = [
  ['4', express4],
  ['5', express5],
] as const;

/** One route for members and one for everybody; each tells whom it sees. */
function anApp(express: () => Express, walletSessions: WalletSessions): RequestListener {
  const app = express();
  app.get('/members', requireWalletSession(walletSessions), (request, response) => {
    response.json({ wallet: walletSessionOf(request).wallet });
  });
  app.get('/everybody', optionalWalletSession(walletSessions), (request, response) => {
    response.json({ wallet: request.walletSession?.wallet ?? null });
  });
  return app;
}

const bearer = (accessToken: string) => ({ headers: { authorization: `Bearer ${accessToken}` } });

describe.each(EXPRESS)('the middleware in Express %s', (_version, express) => {
  describe.each(EVERY_STORE)('on the %s store', (store) => {
    let walletSessions: WalletSessions;
    let application: TestApplication;
    beforeAll(async () => {
      walletSessions = await embedWalletSessions(store);
      application = await serve(anApp(express, walletSessions));
    });
    afterAll(async () => {
      await application.close();
      await walletSessions.close();
    });

    const get = (path: string, init?: RequestInit) => fetch(application.url + path, init);

    it('lets a valid session through, required or optional', async () => {
      const { accessToken, session } = await signInTo(walletSessions);
      for (const path of ['/members', '/everybody']) {
        const response = await get(path, bearer(accessToken));
        expect(response.status).toBe(200);
        expect(await response.json()).toEqual({ wallet: session.wallet });
      }
    });

    it('answers a request without a session with a problem document, where one is required', async () => {
      const response = await get('/members');
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toEqual({
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: expect.stringContaining('session') as string,
        code: 'UNAUTHENTICATED',
      });
    });

    it('lets a request without a session through as nobody, where it is optional', async () => {
      expect(await (await get('/everybody')).json()).toEqual({ wallet: null });
    });

    it.each([
      ['a token that nobody issued', `Bearer wsa_${'A'.repeat(83)}`],
      ['a token of another form', 'Bearer nonsense'],
      ['another scheme', 'Basic dXNlcjpwYXNz'],
    ])('takes %s for none, and says that it is invalid', async (_described, authorization) => {
      const refused = await get('/members', { headers: { authorization } });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      const anybody = await get('/everybody', { headers: { authorization } });
      expect(await anybody.json()).toEqual({ wallet: null });
    });

    it('lets a session in no more once it has ended', async () => {
      const { accessToken, session } = await signInTo(walletSessions);
      expect((await get('/members', bearer(accessToken))).status).toBe(200);
      await walletSessions.sessions.revoke(session.wallet, session.id, 'LOGOUT', {});
      expect((await get('/members', bearer(accessToken))).status).toBe(401);
    });
  });

  it('answers 503 where the store does not, required or optional, and reports why', async () => {
    const redis = await startRedisServer();
    const reported: unknown[] = [];
    const walletSessions = createWalletSessions({
      store: await openRedisStore({ url: redis.url, commandTimeout: 200 }),
      keys: [aKey('first')],
      origins: [ORIGIN],
      report: (error) => reported.push(error),
    });
    const { accessToken } = await signInTo(walletSessions);
    const application = await serve(anApp(express, walletSessions));
    await redis.stop();
    for (const path of ['/members', '/everybody']) {
      const response = await fetch(application.url + path, bearer(accessToken));
      expect(response.status).toBe(503);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await response.json()).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    }
    expect(reported).toHaveLength(2);
    await application.close();
    await walletSessions.close();
  });
});
