import { exchange } from '../harness/raw-connection.js';
import { startTestService, type TestService } from '../harness/service.js';

const BODY = '{"query":"{ __typename }"}';

const post = (fields: string, target = '/graphql') =>
  `POST ${target} HTTP/1.1\r\n${fields}Connection: close\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

const handshake = (fields: string, target = '/graphql') =>
  `GET ${target} HTTP/1.1\r\n${fields}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

/** DNS rebinding: a page whose host name resolves to the service sends requests that name its own host. */
describe('allowed hosts', () => {
  const running: TestService[] = [];
  afterAll(() => Promise.all(running.map((service) => service.stop())));

  async function start(environment: Record<string, string>): Promise<TestService> {
    const service = await startTestService('embedded', environment);
    running.push(service);
    return service;
  }

  describe('a service on a loopback address', () => {
    let service: TestService;
    beforeAll(async () => {
      service = await start({
        SIGN_IN_ORIGINS: 'https://app.example.com',
        CORS_ORIGINS: 'https://other.example:8443',
        METRICS_PORT: '0',
      });
    });

    it.each([
      'localhost',
      'LOCALHOST:4000',
      '127.0.0.1:4000',
      '[::1]:4000',
      'app.example.com',
      'other.example',
    ])('accepts the host %s on a loopback address', async (host) => {
      expect(statusOf(await exchange(service.url, post(`Host: ${host}\r\n`)))).toBe(200);
    });

    it.each([
      'evil.example',
      'evil.example:4000',
      'localhost.evil.example',
      '10.0.0.1',
      'localhost.',
    ])(
      'answers 421 to the host %s on a loopback address, over HTTP and in a handshake',
      async (host) => {
        for (const request of [post(`Host: ${host}\r\n`), handshake(`Host: ${host}\r\n`)]) {
          const answer = await exchange(service.url, request);
          expect(statusOf(answer)).toBe(421);
          expect(answer).toContain('"code":"HOST_NOT_ALLOWED"');
        }
      },
    );

    it('checks the host of an absolute request target instead of the Host header', async () => {
      const [good, evil] = ['http://localhost/graphql', 'http://evil.example/graphql'];
      const statusFor = async (request: string) => statusOf(await exchange(service.url, request));
      expect(await statusFor(post('Host: evil.example\r\n', good))).toBe(200);
      expect(await statusFor(post('Host: localhost\r\n', evil))).toBe(421);
      expect(await statusFor(handshake('Host: localhost\r\n', evil))).toBe(421);
    });

    it.each([
      ['missing', ''],
      ['given twice', 'Host: localhost\r\nHost: localhost\r\n'],
      ['malformed', 'Host: local host\r\n'],
      ['with a user name', 'Host: localhost@evil.example\r\n'],
      ['empty', 'Host: \r\n'],
    ])(
      'answers 400 to a Host header that is %s, over HTTP and in a handshake',
      async (_what, fields) => {
        expect(statusOf(await exchange(service.url, post(fields)))).toBe(400);
        expect(statusOf(await exchange(service.url, handshake(fields)))).toBe(400);
      },
    );

    it('answers health checks for any host', async () => {
      for (const path of ['/healthz', '/readyz']) {
        const request = `GET ${path} HTTP/1.1\r\nHost: 10.1.2.3:4000\r\nConnection: close\r\n\r\n`;
        expect(statusOf(await exchange(service.url, request))).toBe(200);
      }
    });

    it.each([
      ['localhost', 200],
      ['127.0.0.1', 200],
      ['evil.example', 421],
      ['app.example.com', 421],
    ])('answers the host %s with %d on the metrics port', async (host, status) => {
      const request = `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect(statusOf(await exchange(service.metricsUrl ?? '', request))).toBe(status);
    });
  });

  it('accepts only ALLOWED_HOSTS and the names of the loopback address when ALLOWED_HOSTS is set', async () => {
    const { url } = await start({
      SIGN_IN_ORIGINS: 'https://app.example.com',
      ALLOWED_HOSTS: 'auth.example.com, other.example:8443',
    });
    const allowed = ['auth.example.com', 'auth.example.com:1', 'other.example:8443', 'localhost'];
    for (const host of allowed) {
      expect(statusOf(await exchange(url, post(`Host: ${host}\r\n`)))).toBe(200);
    }
    for (const host of ['app.example.com', 'other.example', 'other.example:1']) {
      expect(statusOf(await exchange(url, post(`Host: ${host}\r\n`)))).toBe(421);
    }
  });

  it('accepts any host with ALLOWED_HOSTS=*, but not for metrics on a loopback address', async () => {
    const { url, metricsUrl = '' } = await start({ ALLOWED_HOSTS: '*', METRICS_PORT: '0' });
    expect(statusOf(await exchange(url, post('Host: evil.example\r\n')))).toBe(200);
    const request = 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect(statusOf(await exchange(metricsUrl, request))).toBe(421);
  });

  it('accepts any host on other addresses unless ALLOWED_HOSTS is set', async () => {
    const open = await start({ HOST: '0.0.0.0' });
    const closed = await start({ HOST: '0.0.0.0', ALLOWED_HOSTS: 'auth.example.com' });
    const statusAt = async ({ url }: TestService, host: string) =>
      statusOf(await exchange(url.replace('0.0.0.0', '127.0.0.1'), post(`Host: ${host}\r\n`)));
    expect(await statusAt(open, 'any.example')).toBe(200);
    expect(await statusAt(closed, 'any.example')).toBe(421);
    expect(await statusAt(closed, 'localhost')).toBe(421);
    expect(await statusAt(closed, 'auth.example.com')).toBe(200);
  });
});
