import { Wallet } from 'ethers';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { closeClients, openClient } from '../harness/client.js';
import { createCookieClient, type CookieClient } from '../harness/cookie-client.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const APP = 'https://app.example.com';
const QUERY = '{ session { id } }';

describe('a GraphQL request by GET', () => {
  let service: TestService;
  let withCookies: TestService;
  let token: string;
  let sessionId: string;
  let browser: CookieClient;
  beforeAll(async () => {
    const environment = { SIGN_IN_ORIGINS: APP };
    [service, withCookies] = await Promise.all([
      startTestService('embedded', environment),
      startTestService('embedded', { ...environment, COOKIES: 'true' }),
    ]);
    const client = openClient(service);
    sessionId = (await client.signIn(Wallet.createRandom())).id;
    token = (await client.accessToken()) ?? '';
    browser = createCookieClient(withCookies.url, { origin: APP });
    const wallet = aWallet();
    const { account } = wallet;
    const { data } = await browser.send(CreateSignInChallengeDocument, { account });
    const message = data?.createSignInChallenge.message ?? '';
    await browser.send(SignInDocument, { message, signature: await wallet.sign(message) });
  });
  afterAll(async () => {
    closeClients();
    await Promise.all([service.stop(), withCookies.stop()]);
  });

  async function get({ url }: TestService, headers: Record<string, string>, query = QUERY) {
    const response = await fetch(`${url}?${new URLSearchParams({ query }).toString()}`, {
      headers,
    });
    return { status: response.status, body: await response.text() };
  }

  it('answers a GET with a bearer token, which no page can send without a preflight', async () => {
    // The media types are those of urql.
    const accept = 'application/graphql-response+json, application/graphql+json, application/json';
    for (const scheme of ['Bearer', 'bearer']) {
      const headers = { accept, authorization: `${scheme} ${token}` };
      const { status, body } = await get(service, headers);
      expect({ status, body: JSON.parse(body) as unknown }).toEqual({
        status: 200,
        body: { data: { session: { id: sessionId } } },
      });
    }
  });

  it('refuses a mutation by GET, even with a bearer token', async () => {
    const { status } = await get(
      service,
      { authorization: `Bearer ${token}` },
      'mutation { logout { sessionId } }',
    );
    expect(status).toBe(405);
    expect((await get(service, { authorization: `Bearer ${token}` })).body).toContain(sessionId);
  });

  it.each([
    ['no header that needs a preflight', {}],
    ['the password of a proxy, which browsers send by themselves', { authorization: 'Basic YTpi' }],
    [
      'a header that any page can send',
      { accept: 'application/json', 'content-type': 'text/plain' },
    ],
  ])('refuses a GET with %s', async (_described, headers) => {
    const { status, body } = await get(service, headers);
    expect(status).toBe(400);
    expect(body).toContain('CSRF');
  });

  it.each([
    ['alone', {}],
    ['and the password of a proxy', { authorization: 'Basic YTpi' }],
  ])(
    'refuses a GET with the cookies of a session from an allowed origin: %s',
    async (_described, headers) => {
      const ambient = { cookie: browser.header(), origin: APP, ...headers };
      const { status, body } = await get(withCookies, ambient);
      expect(status).toBe(400);
      expect(body).toContain('CSRF');
      const { data } = await browser.send(CurrentSessionDocument, {});
      expect(data?.session?.id).toEqual(expect.any(String));
    },
  );

  it('ignores the cookies of a GET that has a bearer token', async () => {
    const both = { cookie: browser.header(), origin: APP, authorization: 'Bearer nonsense' };
    const { status, body } = await get(withCookies, both);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 200,
      body: { data: { session: null } },
    });
  });
});
