import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SessionsDocument } from '../generated/graphql.js';
import { createFetchApi, type OpenedSession } from '../../src/fetch/index.js';
import { apiClient, signIn } from '../harness/api.js';
import { embedWalletSessions } from '../harness/application.js';
import { createFakeClock } from '../harness/clock.js';
import { startExample, type ExampleProcess } from '../harness/example-process.js';
import { cookieOf, restClient, signInByRest } from '../harness/rest.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe.each(['fastify', 'hono', 'nestjs'])('the example of %s', (name) => {
  let application: ExampleProcess;
  beforeAll(async () => {
    application = await startExample(`${name}/index.ts`, { ORIGIN });
  });
  afterAll(() => application.stop());

  const at = (path = '') => restClient(fetch, application.url + path);

  it('serves the REST API and gives its routes the session, from a header and from cookies', async () => {
    const wallet = aWallet();
    const signedIn = await signInByRest(at('/api'), wallet);
    expect(signedIn.status).toBe(200);
    const authorization = `Bearer ${String(signedIn.body['accessToken'])}`;
    const me = await at()('/me', undefined, { headers: { authorization } });
    expect(me).toMatchObject({ status: 200, body: { wallet: wallet.account } });

    const page = await signInByRest(at('/api'), wallet, { origin: ORIGIN });
    expect(page.body).toMatchObject({ accessToken: null });
    const headers = { origin: ORIGIN, cookie: cookieOf(page) };
    expect((await at()('/me', undefined, { headers })).status).toBe(200);
    const ended = await at('/api')('/logout', {}, { headers });
    expect(ended.headers.getSetCookie()).toHaveLength(2);
    const cleared = await at()('/me', undefined, { headers });
    expect(cleared.status).toBe(401);
    expect(cleared.headers.get('cache-control')).toBe('no-store');
  });

  it('answers with problem documents: 401 without a session, and 403 for cookies of another origin', async () => {
    const nobody = await at()('/me');
    expect(nobody).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(nobody.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const page = await signInByRest(at('/api'), aWallet(), { origin: ORIGIN });
    const headers = { origin: 'https://evil.example', cookie: cookieOf(page) };
    const foreign = await at()('/me', undefined, { headers });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
  });

  it('needs at most 40 lines for its face', () => {
    const text = readFileSync(`examples/${name}/wallet-sessions.ts`, 'utf8');
    const lines = text.split('\n').filter((line) => line !== '' && !/^(?:import|\/\/)/.test(line));
    expect(lines.length).toBeLessThanOrEqual(40);
  });
});

describe.each([
  ['Mercurius', 'fastify/index.ts'],
  ['GraphQL Yoga', 'yoga/index.ts'],
])('%s with the context function', (_name, example) => {
  it('serves the GraphQL API', async () => {
    const application = await startExample(example, { ORIGIN });
    const url = `${application.url}/graphql`;
    const { accessToken, session } = await signIn(url);
    const { sessions } = await apiClient(url, accessToken).request(SessionsDocument, {});
    expect(sessions.edges[0]?.node.id).toBe(session.id);
    expect(await application.stop()).toBe(0);
  });
});

describe('wallet-sessions/fetch', () => {
  it('validates the headers of a page that renders on the server, and never refreshes its session', async () => {
    const walletSessions = await embedWalletSessions('embedded', { cookies: true });
    const api = createFetchApi(walletSessions);
    const send = restClient((request) => api.handler(request), `${ORIGIN}/api`);
    const page = await signInByRest(send, aWallet(), { origin: ORIGIN });
    const cookie = cookieOf(page);
    const visit = new Headers({
      cookie,
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    });
    expect(await api.validate(visit)).toMatchObject({ wallet: expect.any(String) as string });
    await expect(api.require(new Headers())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(api.require(new Headers({ cookie }))).rejects.toMatchObject({
      code: 'ORIGIN_NOT_ALLOWED',
    });
    expect(() => api.refuse(new Error('of others'))).toThrow('of others');
    await walletSessions.close();
  });

  it('refreshes a session in cookies with open, for a web-standard request and for one of node:http', async () => {
    const clock = createFakeClock();
    const walletSessions = await embedWalletSessions('embedded', { cookies: true, clock });
    const api = createFetchApi(walletSessions);
    const send = restClient((request) => api.handler(request), `${ORIGIN}/api`);
    const refreshed = async (openedBy: (headers: Headers) => Promise<OpenedSession>) => {
      const cookie = cookieOf(await signInByRest(send, aWallet(), { origin: ORIGIN }));
      const early = new Response();
      const headers = new Headers({ cookie, origin: ORIGIN });
      (await openedBy(headers)).addTo(early);
      expect([...early.headers]).toEqual([]);
      clock.advance(100 * MINUTE);
      const late = new Response(null, { headers: { 'set-cookie': 'app=1' } });
      const { session, addTo } = await openedBy(headers);
      addTo(late);
      expect(session).toMatchObject({ expiresAt: clock.now() + 120 * MINUTE });
      expect(late.headers.getSetCookie()).toEqual([
        'app=1',
        expect.stringMatching(/^__Host-wallet-session=/),
        expect.stringMatching(/^__Host-wallet-refresh=/),
      ]);
      expect(late.headers.get('cache-control')).toBe('no-store');
    };
    await refreshed((headers) => api.open(new Request(ORIGIN, { headers })));

    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await refreshed(async (headers) => {
      const answer = fetch(`http://127.0.0.1:${port}`, { headers });
      const [request, response] = (await once(server, 'request')) as [
        IncomingMessage,
        ServerResponse,
      ];
      const opened = await api.open(request);
      response.end();
      await answer;
      return opened;
    });
    server.close();
    await walletSessions.close();
  });

  it('refuses an edge runtime with a sentence that says why', () => {
    const scope = globalThis as { EdgeRuntime?: string };
    scope.EdgeRuntime = 'edge-runtime';
    try {
      expect(() => createFetchApi({} as never)).toThrow(
        /needs the Node\.js runtime: stores open TCP/,
      );
    } finally {
      delete scope.EdgeRuntime;
    }
  });
});
