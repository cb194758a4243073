import { startTestService, type TestService } from '../harness/service.js';

const APP = 'https://app.example.com';
const BODY = JSON.stringify({ query: '{ session { id } }' });

describe('CORS', () => {
  let service: TestService;
  let withCookies: TestService;
  beforeAll(async () => {
    const origins = { SIGN_IN_ORIGINS: APP };
    service = await startTestService('embedded', origins);
    withCookies = await startTestService('embedded', { ...origins, COOKIES: 'true' });
  });
  afterAll(() => Promise.all([service.stop(), withCookies.stop()]));

  const preflight = ({ url }: TestService, origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  const ask = ({ url }: TestService, origin: string) =>
    fetch(url, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: BODY,
    });

  it('lets pages of an allowed origin send requests and read the answers', async () => {
    const { status, headers } = await preflight(service, APP);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(APP);
    expect(headers.get('access-control-allow-methods')).toBe('GET,POST');
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    expect(headers.get('vary')).toContain('Origin');

    const answer = await ask(service, APP);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      'dpop-nonce,retry-after,www-authenticate,x-request-id',
    );
    expect(await answer.json()).toEqual({ data: { session: null } });
  });

  it.each(['https://evil.example', 'http://app.example.com', `${APP}.evil.example`, 'null'])(
    'does not let a page of %s read answers',
    async (origin) => {
      for (const response of [await preflight(service, origin), await ask(service, origin)]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      }
    },
  );

  it('lets pages send cookies only if sessions are in cookies', async () => {
    const credentials = async (instance: TestService) =>
      (await preflight(instance, APP)).headers.get('access-control-allow-credentials');
    expect(await credentials(service)).toBeNull();
    expect(await credentials(withCookies)).toBe('true');
  });

  it('allows the origins of CORS_ORIGINS instead of those of SIGN_IN_ORIGINS', async () => {
    const other = await startTestService('embedded', {
      SIGN_IN_ORIGINS: APP,
      CORS_ORIGINS: 'https://other.example',
    });
    const allowed = async (origin: string) =>
      (await ask(other, origin)).headers.get('access-control-allow-origin');
    expect(await allowed('https://other.example')).toBe('https://other.example');
    expect(await allowed(APP)).toBeNull();
    await other.stop();
  });
});
