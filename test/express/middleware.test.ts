import type { RequestListener } from 'node:http';
import express5, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import express4 from 'express4';
import { WalletSessionsError, type ErrorCode } from '../../src/errors.js';
import {
  optionalWalletSession,
  requireWalletSession,
  walletSessionOf,
  walletSessionsErrorHandler,
} from '../../src/express/index.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createWalletSessions, type WalletSessions } from '../../src/core/wallet-sessions.js';
import {
  embedWalletSessions,
  serve,
  signInTo,
  type TestApplication,
} from '../harness/application.js';
import { aKey } from '../harness/domain.js';
import { startRedisServer } from '../harness/redis-server.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE, PATIENT_TIMEOUT } from '../harness/stores.js';

const EXPRESS = [
  ['4', express4],
  ['5', express5],
] as const;

/** An application with one route that requires a session and one where it is optional. */
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
  describe.each(EVERY_STORE)('middleware on the %s store', (store) => {
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

    it('lets a request with a valid session through, whether the session is required or optional', async () => {
      const { accessToken, session } = await signInTo(walletSessions);
      for (const path of ['/members', '/everybody']) {
        const response = await get(path, bearer(accessToken));
        expect(response.status).toBe(200);
        expect(await response.json()).toEqual({ wallet: session.wallet });
      }
    });

    it('answers 401 with a problem document when a required session is missing', async () => {
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

    it('lets an anonymous request through when the session is optional', async () => {
      expect(await (await get('/everybody')).json()).toEqual({ wallet: null });
    });

    it.each([
      ['a token that nobody issued', `Bearer wsa_${'A'.repeat(83)}`],
      ['a malformed token', 'Bearer nonsense'],
      ['another authentication scheme', 'Basic dXNlcjpwYXNz'],
    ])(
      'treats %s as no session and answers invalid_token when one is required',
      async (_described, authorization) => {
        const refused = await get('/members', { headers: { authorization } });
        expect(refused.status).toBe(401);
        expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
        const anybody = await get('/everybody', { headers: { authorization } });
        expect(await anybody.json()).toEqual({ wallet: null });
      },
    );

    it.each(['undefined', 'null', '[object Promise]'])(
      'says that the access token is missing if the client sends Bearer %s',
      async (token) => {
        const refused = await get('/members', bearer(token));
        expect(refused.status).toBe(401);
        expect(await refused.json()).toMatchObject({
          detail: `The access token is "${token}", a missing value. Send authorization only with a token.`,
          code: 'UNAUTHENTICATED',
        });
      },
    );

    it('refuses a request with the token of an ended session', async () => {
      const { accessToken, session } = await signInTo(walletSessions);
      expect((await get('/members', bearer(accessToken))).status).toBe(200);
      await walletSessions.sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: {},
      });
      expect((await get('/members', bearer(accessToken))).status).toBe(401);
    });
  });

  describe('error handler', () => {
    const reported: unknown[] = [];
    beforeEach(() => {
      reported.length = 0;
    });
    async function answerTo(error: unknown) {
      const app = express();
      app.get('/', (_request, _response, next) => {
        next(error);
      });
      app.use(walletSessionsErrorHandler({ report: (what) => reported.push(what) }));
      const passedOn: ErrorRequestHandler = (_error, _request, response, _next) => {
        response.status(418).json({});
      };
      app.use(passedOn);
      const application = await serve(app);
      const response = await fetch(application.url);
      const body = (await response.json()) as { code?: string; detail?: string };
      await application.close();
      return { response, body };
    }

    it.each<[ErrorCode, number]>([
      ['MESSAGE_MALFORMED', 400],
      ['UNAUTHENTICATED', 401],
      ['SIGN_IN_REFUSED', 403],
      ['SESSION_NOT_FOUND', 404],
      ['RATE_LIMITED', 429],
    ])('answers the error %s with a problem document of status %d', async (code, status) => {
      const error = new WalletSessionsError(code, 'What to do.', { retryAfter: 7 });
      const { response, body } = await answerTo(error);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(response.headers.get('retry-after')).toBe('7');
      expect(body).toMatchObject({ status, code, detail: 'What to do.' });
    });

    it('adds a WWW-Authenticate challenge to a 401 answer', async () => {
      const { response } = await answerTo(new WalletSessionsError('UNAUTHENTICATED'));
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('answers 503 and reports an outage as such, with its cause', async () => {
      const outage = new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, {
        cause: new Error('down'),
      });
      const { response } = await answerTo(outage);
      expect(response.status).toBe(503);
      expect(reported).toEqual([outage]);
    });

    it('reports a failing node of a chain only with the cause that is to be logged', async () => {
      const unreachable = (options?: ErrorOptions) =>
        new WalletSessionsError('WALLET_VERIFICATION_UNAVAILABLE', undefined, options);
      const cause = new Error('The RPC does not answer.');
      expect((await answerTo(unreachable({ cause }))).response.status).toBe(503);
      expect((await answerTo(unreachable())).response.status).toBe(503);
      expect(reported).toEqual([cause]);
    });

    it('passes on errors that are not instances of WalletSessionsError', async () => {
      expect((await answerTo(new Error('of others'))).response.status).toBe(418);
    });
  });

  it.each([requireWalletSession, optionalWalletSession])(
    'answers 500 instead of hanging when the factory of a middleware is mounted in its place',
    async (make) => {
      const misused: unknown = make;
      const application = await serve(express().get('/', misused as RequestHandler));
      const { status } = await fetch(application.url);
      expect(status).toBe(500);
      await application.close();
      expect(() => make({} as WalletSessions)).toThrow(/needs the wallet sessions/);
    },
  );

  it('answers 503 and reports the cause when the store is unavailable, whether the session is required or optional', async () => {
    const redis = await startRedisServer();
    const reported: unknown[] = [];
    const walletSessions = createWalletSessions({
      store: await openRedisStore({ url: redis.url, commandTimeout: PATIENT_TIMEOUT }),
      keys: [aKey('first')],
      origins: [ORIGIN],
      report: (error) => reported.push(error),
    });
    const { accessToken } = await signInTo(walletSessions);
    const application = await serve(anApp(express, walletSessions));
    // Pending background writes would fail, too, and be reported.
    const { sessions, auditLog, statistics } = walletSessions;
    await Promise.all([sessions.lastSeen.flush(), auditLog.flush(), statistics.flush()]);
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
