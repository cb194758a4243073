import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CreateSignInChallengeDocument, SignInDocument } from '../generated/graphql.js';
import { createCookieClient } from '../harness/cookie-client.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const APP = 'https://app.example.com';

type Headers = Record<string, string>;

/** The headers of a request from a page, and whether its origin is the server's own or an allowed one. */
const PAGES: [string, Headers, boolean][] = [
  ['its own origin', { host: 'api.example.com', origin: 'https://api.example.com' }, true],
  [
    'its own origin with the default port',
    { host: 'API.example.com:443', origin: 'https://api.example.com' },
    true,
  ],
  [
    'its own origin with another port',
    { host: 'api.example.com:8443', origin: 'https://api.example.com:8443' },
    true,
  ],
  [
    'its own origin on localhost',
    { host: 'localhost:4000', origin: 'http://localhost:4000' },
    true,
  ],
  ['an allowed origin', { host: 'api.example.com', origin: APP }, true],
  [
    'its own origin according to Sec-Fetch-Site',
    { host: 'upstream:4000', origin: 'https://api.example.com', 'sec-fetch-site': 'same-origin' },
    true,
  ],
  ['another host', { host: 'api.example.com', origin: 'https://evil.example' }, false],
  ['another port', { host: 'api.example.com', origin: 'https://api.example.com:8443' }, false],
  ['a parent domain', { host: 'api.example.com', origin: 'https://example.com' }, false],
  [
    'a longer name',
    { host: 'api.example.com', origin: 'https://api.example.com.evil.example' },
    false,
  ],
  ['an opaque origin', { host: 'null', origin: 'null' }, false],
  ['another scheme', { host: 'api.example.com', origin: 'ftp://api.example.com' }, false],
  [
    'another site according to Sec-Fetch-Site',
    { host: 'api.example.com', origin: 'https://api.example.com', 'sec-fetch-site': 'cross-site' },
    false,
  ],
];

describe('a page with the cookies of a session', () => {
  let service: TestService;
  let cookie: string;
  beforeAll(async () => {
    service = await startTestService('embedded', {
      COOKIES: 'true',
      SIGN_IN_ORIGINS: APP,
      ALLOWED_HOSTS: '*',
    });
    const browser = createCookieClient(service.url, { origin: APP });
    const { account, sign } = aWallet();
    const { data } = await browser.send(CreateSignInChallengeDocument, { account });
    const message = data?.createSignInChallenge.message ?? '';
    await browser.send(SignInDocument, { message, signature: await sign(message) });
    cookie = browser.header();
  });
  afterAll(() => service.stop());

  /** Whether a `POST` with the cookies is answered with their session. */
  async function isSignedInOverHttp(headers: Headers): Promise<boolean> {
    const request = httpRequest(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
    });
    request.end(JSON.stringify({ query: '{ session { id } }' }));
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    const { data } = (await json(response)) as { data?: { session?: object | null } };
    return data?.session != null;
  }

  async function isSignedInOverWebSocket(headers: Headers): Promise<boolean> {
    const { socket, send, next, closed } = await openRawSocket(service.webSocketUrl, {
      headers: { cookie, ...headers },
    });
    send({ type: MessageType.ConnectionInit });
    await next();
    send({ id: '1', type: MessageType.Subscribe, payload: { query: '{ session { id } }' } });
    const { payload } = (await next()) as { payload: { data?: { session?: object | null } } };
    socket.close();
    await closed;
    return payload.data?.session != null;
  }

  async function handshakeStatus(headers: Headers): Promise<number | undefined> {
    const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws', { headers });
    socket.on('error', () => undefined);
    const status = await Promise.race([
      once(socket, 'upgrade').then(() => 101),
      once(socket, 'unexpected-response').then(
        ([, answer]) => (answer as { statusCode: number }).statusCode,
      ),
    ]);
    socket.terminate();
    return status;
  }

  it.each(PAGES)(
    'accepts or refuses the cookies of a page over HTTP and over WebSocket alike: %s',
    async (_page, headers, isAllowed) => {
      expect(await isSignedInOverHttp(headers)).toBe(isAllowed);
      expect(await handshakeStatus(headers)).toBe(isAllowed ? 101 : 403);
      if (isAllowed) expect(await isSignedInOverWebSocket(headers)).toBe(true);
    },
  );

  it('ignores the cookies of a secure origin from a page of the insecure one, but opens a WebSocket without them', async () => {
    const insecure = { host: 'api.example.com', origin: 'http://api.example.com' };
    expect(await isSignedInOverHttp(insecure)).toBe(false);
    expect(await handshakeStatus({ cookie, ...insecure })).toBe(403);
    expect(await handshakeStatus(insecure)).toBe(101);
  });
});
