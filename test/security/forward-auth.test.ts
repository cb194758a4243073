import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { createCookieClient, signInByCookies } from '../harness/cookie-client.js';
import { exchange } from '../harness/raw-connection.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const APP = 'https://app.example.com';
const PATHS = ['/auth', '/auth/envoy', '/auth/hasura'] as const;

describe.each(EVERY_STORE)('forward authentication on the %s store', (store) => {
  let service: TestService;
  let clock: FakeClock;
  beforeAll(async () => {
    clock = createFakeClock();
    service = await startTestService(store, { COOKIES: 'true', SIGN_IN_ORIGINS: APP }, clock);
  });
  afterAll(() => service.stop());

  const at = (path: string) => service.url.replace('/graphql', path);
  /** Sends a request without `fetch`, which sets `Sec-Fetch-Mode` itself. */
  async function ask(headers: Record<string, string> = {}, path = '/auth', method = 'GET') {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(at(path), { method, headers }).on('response', resolve).on('error', reject).end();
    });
    const { statusCode: status = 0 } = answer;
    const init = { status, headers: answer.headers as Record<string, string> };
    const body = await text(answer);
    return new Response(status === 204 && body === '' ? null : body, init);
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  async function aBrowser() {
    const browser = createCookieClient(service.url, { origin: APP });
    const session = await signInByCookies(browser);
    return { browser, session, headers: () => ({ origin: APP, cookie: browser.header() }) };
  }

  it('answers /auth for a bearer token with 204, the account, session and idle timeout, and no body', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const answer = await ask(bearer(accessToken));
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-wallet-account': wallet.account,
      'x-session-id': session.id,
      'x-session-expires-at': new Date(session.expiresAt).toISOString(),
      'cache-control': 'no-store',
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('answers /auth/envoy with 200 and identity headers, whatever the method and the appended path', async () => {
    const { accessToken, session } = await signIn(service.url);
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await ask(bearer(accessToken), '/auth/envoy?/auth/../x?y=1', method);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-session-id')).toBe(session.id);
      expect(await answer.text()).toBe('');
    }
  });

  it('answers /auth/hasura with session variables, but refuses cookies of a navigation, which may be a form', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const answer = await ask(bearer(accessToken), '/auth/hasura');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      'X-Hasura-Role': 'user',
      'X-Hasura-User-Id': wallet.account,
      'X-Hasura-Session-Id': session.id,
      Expires: new Date(session.expiresAt).toUTCString(),
    });
    const { browser } = await aBrowser();
    const visit = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' };
    const headers = { ...visit, 'sec-fetch-dest': 'document', cookie: browser.header() };
    expect((await ask(headers)).status).toBe(204);
    expect((await ask(headers, '/auth/hasura')).status).toBe(403);
    const own = { cookie: browser.header(), 'sec-fetch-site': 'same-origin' };
    expect((await ask(own, '/auth/hasura')).status).toBe(200);
  });

  it.each(PATHS)(
    'answers %s with 401, a challenge and no body without a valid session',
    async (path) => {
      const challenges: [Record<string, string>, string][] = [
        [{}, 'Bearer'],
        [bearer('nonsense'), 'Bearer error="invalid_token"'],
        [bearer(`wsa_${'A'.repeat(83)}`), 'Bearer error="invalid_token"'],
        [{ authorization: 'Basic dXNlcjpwYXNz' }, 'Bearer error="invalid_token"'],
        [{ 'x-wallet-account': 'eip155:1:0x0', 'x-session-id': 'x' }, 'Bearer'],
      ];
      for (const [headers, challenge] of challenges) {
        const answer = await ask(headers, path);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(challenge);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('x-wallet-account')).toBeNull();
        expect(await answer.text()).toBe('');
      }
    },
  );

  it('refuses a refresh token, a token in the query and an ended session at /auth', async () => {
    const { accessToken, refreshToken } = await signIn(service.url);
    expect((await ask(bearer(refreshToken))).status).toBe(401);
    expect((await ask({}, `/auth?access_token=${accessToken}`)).status).toBe(401);
    expect((await ask(bearer(accessToken))).status).toBe(204);
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    expect((await ask(bearer(accessToken))).status).toBe(401);
  });

  it('accepts cookies at /auth only from pages of allowed origins and for navigation by GET', async () => {
    const { browser, session, headers } = await aBrowser();
    const cookie = browser.header();
    const answer = await ask(headers());
    expect(answer.status).toBe(204);
    expect(answer.headers.get('x-session-id')).toBe(session.id);
    const visit = {
      cookie,
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await ask(visit)).status).toBe(204);
    const refused: Record<string, string>[] = [
      { cookie },
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
      { cookie, 'sec-fetch-site': 'cross-site' },
      { cookie, 'sec-fetch-site': 'same-site' },
      // The proxy asks with GET about a request with another method.
      { ...visit, 'x-original-method': 'POST' },
      { ...visit, 'x-forwarded-method': 'DELETE' },
      { ...visit, 'x-forwarded-method': 'GET', 'x-original-method': 'POST' },
    ];
    for (const given of refused) {
      const refusal = await ask(given);
      expect(refusal.status).toBe(403);
      expect(await refusal.text()).toBe('');
    }
  });

  it('refuses the cookies of a form at /auth/envoy even if the client claims the method GET', async () => {
    const { browser } = await aBrowser();
    const form = {
      cookie: browser.header(),
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'x-forwarded-method': 'GET',
      'x-original-method': 'GET',
    };
    expect((await ask(form, '/auth/envoy', 'POST')).status).toBe(403);
  });

  it('never refreshes a session in cookies at /auth, and accepts it before and after a refresh elsewhere', async () => {
    const { browser, headers } = await aBrowser();
    const old = headers();
    const { timeout, refreshWindow } = DEFAULT_SESSION_POLICY;
    clock.advance(timeout - refreshWindow / 2);
    const before = browser.header();
    for (let count = 0; count < 3; count += 1) {
      const answer = await ask(headers());
      expect(answer.status).toBe(204);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    await signedInAgain(browser);
    expect(browser.header()).not.toBe(before);
    expect((await ask(headers())).status).toBe(204);
    // A request that was sent before the new cookies arrived.
    expect((await ask(old)).status).toBe(204);
    clock.advance(timeout - 1000);
    expect((await ask(headers())).status).toBe(204);
    clock.advance(1000);
    expect((await ask(headers())).status).toBe(401);
  });

  it('answers a validated session at every forward-authentication path without asking the store again', async () => {
    const { accessToken } = await signIn(service.url);
    const { headers } = await aBrowser();
    const { validations } = service.services.sessions;
    const given = [bearer(accessToken), headers()];
    for (const path of PATHS) for (const one of given) await ask(one, path);
    const before = validations();
    for (const path of PATHS) {
      for (const one of given) expect((await ask(one, path)).ok).toBe(true);
    }
    expect(validations()).toEqual(before);
  });

  it('answers 404 to other spellings of /auth, and ignores a request hidden in a body', async () => {
    const { accessToken } = await signIn(service.url);
    const { host } = new URL(service.url);
    for (const path of [
      '/auth/',
      '//auth',
      '/AUTH',
      '/%61uth',
      '/auth%00',
      '/auth;x',
      '/x/../auth',
    ]) {
      const answer = await exchange(
        service.url,
        `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${accessToken}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).not.toMatch(/x-wallet-account/i);
    }
    const hidden = `GET /auth HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${accessToken}\r\n\r\n`;
    const answer = await exchange(
      service.url,
      `POST /auth HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    );
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('does not let a page of another origin read the answer of /auth', async () => {
    const { accessToken } = await signIn(service.url);
    const answer = await ask({ ...bearer(accessToken), origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

/** Sends an operation with the cookies of the browser, which the service then refreshes. */
async function signedInAgain(browser: ReturnType<typeof createCookieClient>): Promise<void> {
  await browser.send(CurrentSessionDocument, {});
}

describe('forward authentication while the store does not answer', () => {
  it('answers 503 without a body at every forward-authentication path during an outage, and logs the outage once', async () => {
    const redis = await startRedisServer();
    const environment = { REDIS_URL: redis.url, REDIS_COMMAND_TIMEOUT: '200ms' };
    const service = await startTestService('Redis', { ...environment, NEAR_CACHE_SIZE: '0' });
    const { accessToken } = await signIn(service.url);
    await redis.stop();
    const lines = service.log.length;
    for (const path of PATHS) {
      const answer = await fetch(service.url.replace('/graphql', path), {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('x-wallet-account')).toBeNull();
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).toBe('');
    }
    const refusals = service.log.slice(lines).filter((line) => line.includes('are refused'));
    expect(refusals).toHaveLength(1);
    await service.stop();
  });
});
