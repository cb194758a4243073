import { readFileSync } from 'node:fs';
import { SessionsDocument } from '../generated/graphql.js';
import { createFetchApi } from '../../src/fetch/index.js';
import { apiClient, signIn } from '../harness/api.js';
import { embedWalletSessions } from '../harness/application.js';
import { startExample, type ExampleProcess } from '../harness/example-process.js';
import { cookieOf, restClient, signInByRest } from '../harness/rest.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

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
