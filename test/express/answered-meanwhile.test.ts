import { setImmediate as turn } from 'node:timers/promises';
import express5, { type ErrorRequestHandler, type RequestHandler } from 'express';
import express4 from 'express4';
import { WalletSessionsError } from '../../src/errors.js';
import { requireWalletSession, walletSessionsApi } from '../../src/express/index.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { embedWalletSessions, serve, type TestApplication } from '../harness/application.js';

const EXPRESS = [
  ['4', express4],
  ['5', express5],
] as const;

// Jest fails a test if a rejection is not handled, which would end the process of an application.
describe.each(EXPRESS)('a request that Express %s has answered meanwhile', (_version, express) => {
  let walletSessions: WalletSessions;
  let application: TestApplication;
  /** What the application does while the store is asked. */
  let meanwhile: RequestHandler;
  /** What the store answers, and the end of the wait for it. */
  let outcome: () => Promise<undefined>;
  let answer: () => void;
  let asked: Promise<void>;
  let passedOn: unknown[];

  beforeAll(async () => {
    walletSessions = await embedWalletSessions('embedded');
    const slow = {
      ...walletSessions,
      validateRequest: async () => {
        await asked;
        return outcome();
      },
      report: () => undefined,
    };
    const app = express();
    app.use((request, response, next) => {
      next();
      meanwhile(request, response, next);
    });
    app.use('/api', walletSessionsApi(slow));
    app.use('/members', requireWalletSession(slow));
    const passOn: ErrorRequestHandler = (error, _request, response, _next) => {
      passedOn.push(error);
      response.end();
    };
    app.use(passOn);
    application = await serve(app);
  });
  beforeEach(() => {
    asked = new Promise((resolve) => {
      answer = resolve;
    });
    passedOn = [];
  });
  afterAll(async () => {
    await application.close();
    await walletSessions.close();
  });

  const nobody = () => Promise.resolve(undefined);
  const outage = () => Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE'));

  describe.each([
    ['the REST API', '/api/session'],
    ['the middleware', '/members'],
  ])('by %s', (_described, path) => {
    it.each([
      ['nobody has the session', nobody],
      ['the store does not answer', outage],
    ])('is not answered again if %s', async (_why, given) => {
      outcome = given;
      meanwhile = (_request, response) => {
        response.status(503).json({ by: 'the application' });
      };
      const response = await fetch(application.url + path);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ by: 'the application' });
      answer();
      await turn();
      expect(passedOn).toEqual([]);
    });

    it('is left to the error handler if the application has sent only the headers', async () => {
      outcome = nobody;
      meanwhile = (_request, response) => {
        response.status(503).flushHeaders();
        answer();
      };
      const response = await fetch(application.url + path);
      expect(response.status).toBe(503);
      expect(await response.text()).toBe('');
      expect(passedOn).toEqual([expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' })]);
    });
  });
});
