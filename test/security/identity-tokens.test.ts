import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { IssueIdentityTokenDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { cookieOf, restClient, signInByRest } from '../harness/rest.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const APP = 'https://app.example.com';
const AUDIENCE = 'https://api.example.com';
const SETTINGS = {
  IDENTITY_TOKEN_AUDIENCES: `${AUDIENCE},worker`,
  SIGN_IN_ORIGINS: APP,
  COOKIES: 'true',
};

describe('identity tokens', () => {
  let service: TestService;
  let clock: FakeClock;
  beforeAll(async () => {
    clock = createFakeClock();
    service = await startTestService('embedded', SETTINGS, clock);
  });
  afterAll(() => service.stop());

  const at = ({ url } = service) => restClient(fetch, url.replace('/graphql', '/api'));
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  async function keysOf({ url }: Pick<TestService, 'url'> = service) {
    const answer = await fetch(url.replace('/graphql', '/.well-known/jwks.json'));
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    return (await answer.json()) as JSONWebKeySet;
  }

  const verify = async (token: unknown, audience = AUDIENCE) =>
    jwtVerify(String(token), createLocalJWKSet(await keysOf()), {
      issuer: APP,
      audience,
      algorithms: ['EdDSA'],
      currentDate: new Date(clock.now()),
    });

  it('name the account, the session and one allowed audience, and last 60 seconds', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const { status, headers, body } = await at()(
      '/identity-token',
      { audience: AUDIENCE },
      bearer(accessToken),
    );
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { payload } = await verify(body['token']);
    expect(payload).toMatchObject({ sub: wallet.account, sid: session.id });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
    await expect(verify(body['token'], 'worker')).rejects.toThrow(/"aud"/);
    clock.advance(61_000);
    await expect(verify(body['token'])).rejects.toThrow(/"exp"/);
  });

  it('never outlive their session', async () => {
    const { accessToken, session } = await signIn(service.url);
    clock.advance(new Date(session.expiresAt).getTime() - clock.now() - 10_000);
    const { body } = await at()('/identity-token', { audience: AUDIENCE }, bearer(accessToken));
    expect(body['expiresAt']).toBe(
      new Date(Math.floor(new Date(session.expiresAt).getTime() / 1000) * 1000).toISOString(),
    );
  });

  it('are issued for allowed audiences, to valid sessions, and in cookies to pages of allowed origins only', async () => {
    const { accessToken } = await signIn(service.url);
    for (const body of [{ audience: 'https://evil.example' }, { audience: [AUDIENCE] }, {}, []]) {
      expect((await at()('/identity-token', body, bearer(accessToken))).status).toBe(400);
    }
    expect((await at()('/identity-token', { audience: AUDIENCE })).status).toBe(401);
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    const ended = await at()('/identity-token', { audience: AUDIENCE }, bearer(accessToken));
    expect(ended.status).toBe(401);
    const cookie = cookieOf(await signInByRest(at(), aWallet(), { origin: APP }));
    const ask = async (headers: Record<string, string>) =>
      (await at()('/identity-token', { audience: AUDIENCE }, { headers })).status;
    expect(await ask({ cookie, origin: APP })).toBe(200);
    expect(await ask({ cookie, origin: 'https://evil.example' })).toBe(403);
    expect((await at()('/identity-token')).status).toBe(405);
  });

  it('are limited for each session', async () => {
    const { accessToken } = await signIn(service.url);
    const ask = () => at()('/identity-token', { audience: AUDIENCE }, bearer(accessToken));
    const answers = await Promise.all(Array.from({ length: 61 }, ask));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it('are no access tokens of the service', async () => {
    const { accessToken } = await signIn(service.url);
    const { body } = await at()('/identity-token', { audience: AUDIENCE }, bearer(accessToken));
    expect((await at()('/session', undefined, bearer(String(body['token'])))).status).toBe(401);
  });

  it('are verified with the keys of every session key, and signed with the first, at every instance', async () => {
    const next = `next:${Buffer.alloc(32, 9).toString('base64')}`;
    const other = await startTestService(
      'embedded',
      { ...SETTINGS, SESSION_KEYS: `${next},${TEST_KEY}` },
      clock,
    );
    const [own, both] = [await keysOf(), await keysOf(other)];
    expect(both.keys).toHaveLength(2);
    expect(both.keys[1]).toEqual(own.keys[0]);
    for (const key of both.keys) expect(key).not.toHaveProperty('d');
    const { accessToken } = await signIn(other.url);
    const { body } = await at(other)(
      '/identity-token',
      { audience: 'worker' },
      bearer(accessToken),
    );
    expect(decodeProtectedHeader(String(body['token']))).toEqual({
      alg: 'EdDSA',
      typ: 'JWT',
      kid: both.keys[0]?.kid,
    });
    await other.stop();
  });

  it('are issued over GraphQL under the same rules and the same limit', async () => {
    const { accessToken, session } = await signIn(service.url);
    const refusal = (audience: string, token = accessToken) =>
      refusalOf(apiClient(service.url, token), IssueIdentityTokenDocument, { audience });
    const { issueIdentityToken } = await apiClient(service.url, accessToken).request(
      IssueIdentityTokenDocument,
      { audience: AUDIENCE },
    );
    const { payload } = await verify(issueIdentityToken.token);
    expect(payload['sid']).toBe(session.id);
    expect(new Date(issueIdentityToken.expiresAt).getTime()).toBe((payload.exp ?? 0) * 1000);
    expect(await refusal('https://evil.example')).toBe('BAD_USER_INPUT');
    expect(await refusal(AUDIENCE, 'none')).toBe('UNAUTHENTICATED');
    for (let count = 1; count < 60; count++) {
      await at()('/identity-token', { audience: AUDIENCE }, bearer(accessToken));
    }
    expect(await refusal(AUDIENCE)).toBe('RATE_LIMITED');
  });

  it('are signed with ES256 if configured, by the same key at every instance', async () => {
    const environment = { ...SETTINGS, IDENTITY_TOKEN_ALGORITHM: 'ES256' };
    const first = await startTestService('embedded', environment, clock);
    const second = await startTestService('embedded', environment, clock);
    const keys = await keysOf(first);
    expect(await keysOf(second)).toEqual(keys);
    expect(keys.keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }),
    ]);
    expect(keys.keys[0]).not.toHaveProperty('d');
    const { accessToken } = await signIn(second.url);
    const { body } = await at(second)(
      '/identity-token',
      { audience: 'worker' },
      bearer(accessToken),
    );
    const { protectedHeader } = await jwtVerify(String(body['token']), createLocalJWKSet(keys), {
      issuer: APP,
      audience: 'worker',
      algorithms: ['ES256'],
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader.kid).toBe(keys.keys[0]?.kid);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('do not exist without audiences', async () => {
    const plain = await startTestService('embedded');
    const { accessToken } = await signIn(plain.url);
    const refusal = refusalOf(apiClient(plain.url, accessToken), IssueIdentityTokenDocument, {
      audience: AUDIENCE,
    });
    expect(await refusal).toBe('IDENTITY_TOKENS_DISABLED');
    const url = plain.url.replace('/graphql', '');
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(404);
    const init = { method: 'POST', ...bearer(accessToken) };
    expect((await fetch(`${url}/api/identity-token`, init)).status).toBe(404);
    await plain.stop();
  });
});
