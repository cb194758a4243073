import { createHash, randomBytes } from 'node:crypto';
import { RefreshDocument, LogoutDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const SECRET = randomBytes(32).toString('hex');
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const CLIENTS = {
  TOKEN_INTROSPECTION_CLIENTS: `api:${hashOf(SECRET)},other:${hashOf('the other secret: +/%')}`,
};
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const AS_API = { authorization: basic('api', SECRET) };

async function introspect(
  { url }: Pick<TestService, 'url'>,
  form: Record<string, string> | [string, string][],
  headers: Record<string, string> = AS_API,
) {
  const body = new URLSearchParams(form);
  const response = await fetch(url.replace('/graphql', '/introspect'), {
    method: 'POST',
    body,
    headers,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe.each(EVERY_STORE)('token introspection on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store, CLIENTS);
  });
  afterAll(() => service.stop());

  it('tells a client the account, the session and the times of an access token', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const answer = await introspect(service, {
      token: accessToken,
      token_type_hint: 'refresh_token',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const seconds = (time: unknown) => Math.floor(new Date(String(time)).getTime() / 1000);
    expect(JSON.parse(answer.text)).toEqual({
      active: true,
      token_type: 'Bearer',
      sub: wallet.account,
      sid: session.id,
      iat: seconds(session.createdAt),
      exp: seconds(session.expiresAt),
      auth_time: seconds(session.authenticatedAt),
    });
  });

  it('gives one answer to every token that is not valid, a refresh token included', async () => {
    const ended = await signIn(service.url);
    const { accessToken, refreshToken } = await signIn(service.url);
    await apiClient(service.url, ended.accessToken).request(LogoutDocument, {});
    const inactive = [
      refreshToken,
      ended.accessToken,
      `${accessToken.slice(0, -1)}${accessToken.endsWith('A') ? 'B' : 'A'}`,
      '',
      'nonsense',
      'x'.repeat(5000),
      '\0',
    ];
    for (const token of inactive) {
      const { status, text } = await introspect(service, { token });
      expect({ status, text }).toEqual({ status: 200, text: '{"active":false}' });
    }
    await apiClient(service.url).request(RefreshDocument, { refreshToken });
    expect((await introspect(service, { token: accessToken })).text).toBe('{"active":false}');
  });

  it('answers from memory without the store, until the session ends at the next request', async () => {
    const { accessToken } = await signIn(service.url);
    await introspect(service, { token: accessToken });
    const before = service.services.sessions.validations();
    expect((await introspect(service, { token: accessToken })).text).toContain('"active":true');
    expect(service.services.sessions.validations()).toEqual(before);
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    expect((await introspect(service, { token: accessToken })).text).toBe('{"active":false}');
  });

  it('does not show the owner the address of the client that asks', async () => {
    const { accessToken } = await signIn(service.url);
    await introspect(
      service,
      { token: accessToken },
      { ...AS_API, 'x-forwarded-for': '203.0.113.9' },
    );
    const { sessions } = await apiClient(service.url, accessToken).request(SessionsDocument, {});
    expect(sessions.edges[0]?.node.ipAddress).toBe('127.0.0.1');
  });

  it('takes a secret that is encoded as OAuth 2.0 asks', async () => {
    const authorization = basic('other', encodeURIComponent('the other secret: +/%'));
    expect((await introspect(service, { token: 'x' }, { authorization })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['no credential', {}],
    ['a wrong secret', { authorization: basic('api', `${SECRET}x`) }],
    ['the hash in place of the secret', { authorization: basic('api', hashOf(SECRET)) }],
    ['the secret of another client', { authorization: basic('other', SECRET) }],
    ['an unknown client', { authorization: basic('nobody', '') }],
    ['no client', { authorization: basic('', '') }],
    ['a name of Object', { authorization: basic('__proto__', '') }],
    ['a broken encoding', { authorization: basic('api', '%') }],
    ['what is not Base64', { authorization: 'Basic ???' }],
    ['a long header', { authorization: basic('api', 'x'.repeat(5000)) }],
    ['the access token itself', { authorization: 'Bearer x' }],
  ])('refuses %s', async (_what, headers) => {
    const { accessToken } = await signIn(service.url);
    const answer = await introspect(service, { token: accessToken }, headers);
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"error":"invalid_client"}');
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="introspection"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses other methods, other media types, and forms without one token', async () => {
    const url = service.url.replace('/graphql', '/introspect');
    const get = await fetch(`${url}?token=x`, { headers: AS_API });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const json = { ...AS_API, 'content-type': 'application/json' };
    expect(
      (await fetch(url, { method: 'POST', body: '{"token":"x"}', headers: json })).status,
    ).toBe(415);
    expect((await introspect(service, {})).status).toBe(400);
    expect(
      (
        await introspect(service, [
          ['token', 'a'],
          ['token', 'b'],
        ])
      ).status,
    ).toBe(400);
    const long = await introspect(service, { token: 'x'.repeat(200_000) });
    expect(long.status).toBe(413);
  });

  it('can be read by no page', async () => {
    const answer = await introspect(
      service,
      { token: 'x' },
      { ...AS_API, origin: 'https://evil.example' },
    );
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('token introspection', () => {
  it('does not exist without clients', async () => {
    const service = await startTestService('embedded');
    expect((await introspect(service, { token: 'x' })).status).toBe(404);
    await service.stop();
  });

  it('is limited for each client, and failed attempts for each network, without a line in the log', async () => {
    const service = await startTestService('embedded', {
      ...CLIENTS,
      RATE_LIMIT_INTROSPECTION_PER_CLIENT: '2/1m',
    });
    const statuses = async (count: number, headers: Record<string, string>) => {
      const all = [];
      for (let index = 0; index < count; index += 1) {
        all.push((await introspect(service, { token: 'x' }, headers)).status);
      }
      return all;
    };
    expect(await statuses(3, AS_API)).toEqual([200, 200, 429]);
    const other = { authorization: basic('other', encodeURIComponent('the other secret: +/%')) };
    expect(await statuses(1, other)).toEqual([200]);
    const lines = service.log.length;
    const failed = await statuses(61, { authorization: basic('api', 'wrong') });
    expect([failed[59], failed[60]]).toEqual([401, 429]);
    expect(await statuses(1, other)).toEqual([200]);
    expect(service.log).toHaveLength(lines);
    await service.stop();
  });

  it('answers 503 while the store does not answer, and calls no token inactive', async () => {
    const redis = await startRedisServer();
    const environment = {
      REDIS_URL: redis.url,
      REDIS_COMMAND_TIMEOUT: '200ms',
      NEAR_CACHE_SIZE: '0',
    };
    const service = await startTestService('Redis', { ...CLIENTS, ...environment });
    const { accessToken } = await signIn(service.url);
    await redis.stop();
    const answer = await introspect(service, { token: accessToken });
    expect([answer.status, answer.text]).toEqual([503, '{"error":"temporarily_unavailable"}']);
    await service.stop();
  });
});
