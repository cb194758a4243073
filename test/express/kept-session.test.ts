import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express5, { type Express, type Request, type Response } from 'express';
import express4 from 'express4';
import type * as middleware from '../../src/express/index.js';
import { optionalWalletSession, requireWalletSession } from '../../src/express/index.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { embedWalletSessions, serve, signInTo } from '../harness/application.js';

let walletSessions: WalletSessions;
beforeAll(async () => {
  walletSessions = await embedWalletSessions('embedded');
});
afterAll(() => walletSessions.close());

/** The answers of the application to a signed-in client (`member`) and to an anonymous one (`nobody`). */
async function answersOf(app: Express) {
  const { accessToken, session } = await signInTo(walletSessions);
  const application = await serve(app);
  const get = async (headers: Record<string, string>): Promise<unknown> =>
    (await fetch(application.url, { headers })).json();
  const member = await get({ authorization: `Bearer ${accessToken}` });
  const nobody = await get({});
  await application.close();
  return { session, member, nobody };
}

const tellSession = ({ walletSession }: Request, response: Response) => {
  response.json({ id: walletSession?.id ?? null });
};

/** Copies a request, as an application does that routes it a second time. */
function copyOf(request: Request): Request {
  const copy = Object.assign(new IncomingMessage(request.socket), request) as Request;
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(request) as object) as Request;
}

/** Resolves when the middleware has let the request through. */
function validated(request: Request, response: Response): Promise<void> {
  return new Promise((resolve) => {
    void optionalWalletSession(walletSessions)(request, response, () => {
      resolve();
    });
  });
}

/** The middleware of a second installation of the package. */
async function anotherCopy(): Promise<typeof middleware> {
  let copy: typeof middleware | undefined;
  await jest.isolateModulesAsync(async () => {
    copy = await import('../../src/express/index.js');
  });
  if (copy === undefined) throw new Error('It was not loaded.');
  return copy;
}

describe.each([
  ['4', express4],
  ['5', express5],
] as const)('the session of a request in Express %s', (_version, express: () => Express) => {
  it('shows the session to an Express application mounted behind the middleware', async () => {
    const app = express().use(optionalWalletSession(walletSessions));
    const { session, member, nobody } = await answersOf(app.use(express().get('/', tellSession)));
    expect(member).toEqual({ id: session.id });
    expect(nobody).toEqual({ id: null });
  });

  it('shows the session to an Express application after a mounted one has validated it', async () => {
    const app = express().use(express().use(optionalWalletSession(walletSessions)));
    const { session, member, nobody } = await answersOf(app.get('/', tellSession));
    expect(member).toEqual({ id: session.id });
    expect(nobody).toEqual({ id: null });
  });

  it('shares the session of a request between two copies of the package', async () => {
    const copy = await anotherCopy();
    const app = express()
      .use(optionalWalletSession(walletSessions))
      .get('/', (request, response) => {
        const first = request.walletSession?.id;
        copy.optionalWalletSession(walletSessions)(request, response, () => {
          response.json({ first, then: request.walletSession?.id });
        });
      });
    const { session, member, nobody } = await answersOf(app);
    expect(member).toEqual({ first: session.id, then: session.id });
    expect(nobody).toEqual({});
  });

  it('lets an application replace the session of a request', async () => {
    const app = express()
      .use(optionalWalletSession(walletSessions))
      .use((request, _response, next) => {
        request.walletSession = undefined;
        next();
      });
    const { member } = await answersOf(app.get('/', tellSession));
    expect(member).toEqual({ id: null });
  });

  it.each<[string, (request: Request) => Request]>([
    ['inherits from it', (request) => Object.create(request) as Request],
    ['is a copy of it', copyOf],
  ])(
    'keeps the session of a request when the middleware validates another request that %s',
    async (_how, derive) => {
      const [first, second] = [await signInTo(walletSessions), await signInTo(walletSessions)];
      const parts: (string | undefined)[] = [];
      const app = express().get('/', async (request, response) => {
        const tokens = [first.accessToken, 'none', second.accessToken];
        const derived = tokens.map((token) =>
          Object.defineProperty(derive(request), 'headers', {
            value: { authorization: `Bearer ${token}` },
          }),
        );
        for (const part of derived) await validated(part, response);
        parts.push(...derived.map(({ walletSession }) => walletSession?.id));
        tellSession(request, response);
      });
      const { nobody } = await answersOf(app);
      expect(parts.slice(-3)).toEqual([first.session.id, undefined, second.session.id]);
      expect(nobody).toEqual({ id: null });
    },
  );

  it('shows the session on a request that inherits from the validated one', async () => {
    const app = express()
      .use(optionalWalletSession(walletSessions))
      .get('/', (request, response) => {
        tellSession(Object.create(request) as Request, response);
      });
    const { session, member } = await answersOf(app);
    expect(member).toEqual({ id: session.id });
  });

  it('stores the session on a mock request and not on its prototype', async () => {
    const { accessToken, session } = await signInTo(walletSessions);
    const app = express();
    const request = Object.setPrototypeOf(
      { headers: { authorization: `Bearer ${accessToken}` }, ip: '203.0.113.7' },
      app.request,
    ) as Request;
    await validated(request, app.response);
    expect(request.walletSession?.id).toBe(session.id);
    expect(app.request.walletSession).toBeUndefined();
  });

  it('adds no own property to an Express request', async () => {
    const app = express().use(requireWalletSession(walletSessions));
    const { member } = await answersOf(
      app.get('/', (request, response) => {
        response.json({ own: Object.hasOwn(request, 'walletSession') });
      }),
    );
    expect(member).toEqual({ own: false });
  });
});

describe('the session of a request outside Express', () => {
  it('stores the session as a property of a request outside Express', async () => {
    const { accessToken, session } = await signInTo(walletSessions);
    const request = new IncomingMessage(new Socket()) as Request;
    request.headers.authorization = `Bearer ${accessToken}`;
    await new Promise<void>((next) => {
      const response = new ServerResponse(request) as Response;
      void requireWalletSession(walletSessions)(request, response, () => {
        next();
      });
    });
    expect(request.walletSession?.id).toBe(session.id);
    expect('walletSession' in IncomingMessage.prototype).toBe(false);
  });
});
