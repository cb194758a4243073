import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { listenForWebSockets, type UpgradeListener } from '../../src/http/ordinary-upgrades.js';
import { exchange, openRawConnection } from '../harness/raw-connection.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const BODY = '{"query":"{ __typename }"}';
const DATA = '{"data":{"__typename":"Query"}}';

/** As `curl --http2` sends it over http://. */
const H2C =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';

describe('a request to upgrade to another protocol than websocket', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  const post = (fields: string, body: string) =>
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;

  it.each([
    ['h2c, with a body of known length,', post(`${H2C}Content-Length: ${BODY.length}\r\n`, BODY)],
    [
      'h2c, with a chunked body,',
      post(`${H2C}Transfer-Encoding: chunked\r\n`, `1a\r\n${BODY}\r\n0\r\n\r\n`),
    ],
    [
      'an unknown protocol',
      `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\nConnection: keep-alive, upgrade\r\nUpgrade: foo\r\n\r\n`,
    ],
    [
      'several protocols',
      `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\nConnection: upgrade\r\nUpgrade: h2c, foo/1\r\n\r\n`,
    ],
  ])(
    'answers a request to upgrade to %s like one without an upgrade, and closes the connection',
    async (_what, request) => {
      const answer = await exchange(service.url, request);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(answer).toContain(DATA);
    },
  );

  it('answers a request to upgrade to h2c whose body arrives later than its head', async () => {
    const connection = await openRawConnection(service.url);
    await connection.write(post(`${H2C}Content-Length: ${BODY.length}\r\n`, BODY.slice(0, 5)));
    // The answer to another request says that the head has been read.
    await exchange(
      service.url,
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    await connection.write(BODY.slice(5));
    expect(await connection.closed).toContain(DATA);
  });

  it('answers a request to upgrade to h2c after the earlier requests on its connection', async () => {
    const first = 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answers = await exchange(
      service.url,
      first + post(`${H2C}Content-Length: ${BODY.length}\r\n`, BODY),
    );
    expect(answers).toMatch(/^HTTP\/1\.1 200 [^]*\nready\n[^]*HTTP\/1\.1 200 [^]*"__typename"/);
  });

  it('answers no request smuggled in the body of a request to upgrade to h2c', async () => {
    const body = `${BODY}${' '.repeat(10)}`;
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answers = await exchange(
      service.url,
      post(`${H2C}Content-Length: ${body.length + hidden.length}\r\n`, body + hidden),
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  it('limits the body of a request to upgrade to h2c', async () => {
    const answer = await exchange(
      service.url,
      post(`${H2C}Content-Length: 100001\r\n`, ' '.repeat(1000)),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('answers 408 to a request to upgrade to h2c whose body does not arrive in time', async () => {
    const hasty = await startTestService('embedded', {
      REQUEST_HEADERS_TIMEOUT: '50ms',
      REQUEST_TIMEOUT: '100ms',
    });
    const answer = await exchange(hasty.url, post(`${H2C}Content-Length: 100\r\n`, '{'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await hasty.stop();
  });

  it('keeps serving after a connection with an upgrade is reset while an earlier request is unanswered', async () => {
    const connection = await openRawConnection(service.url);
    await connection.write(
      'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n' + post(`${H2C}Content-Length: 99\r\n`, '{'),
    );
    connection.socket.resetAndDestroy();
    await connection.closed;
    const answer = await exchange(
      service.url,
      post(`${H2C}Content-Length: ${BODY.length}\r\n`, BODY),
    );
    expect(answer).toContain(DATA);
  });
});

describe('an absolute request target (RFC 9112 §3.2.2)', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  it.each([
    ['GET http://localhost/healthz', /^HTTP\/1\.1 200 [^]*\nalive\n/],
    ['GET https://localhost:8443/readyz', /^HTTP\/1\.1 200 [^]*\nready\n/],
    ['GET http://localhost/graphql?query=%7B__typename%7D', /^HTTP\/1\.1 200 [^]*"__typename"/],
    ['GET http://localhost', /^HTTP\/1\.1 404 /],
    ['GET http://user@localhost/healthz', /^HTTP\/1\.1 400 /],
    ['GET http:///healthz', /^HTTP\/1\.1 400 /],
  ])('answers the absolute request target of %s like its path', async (start, answer) => {
    const fields = 'Host: localhost\r\nApollo-Require-Preflight: 1\r\nConnection: close\r\n';
    expect(await exchange(service.url, `${start} HTTP/1.1\r\n${fields}\r\n`)).toMatch(answer);
  });

  it('opens a WebSocket for an absolute request target', async () => {
    const connection = await openRawConnection(service.url);
    await connection.write(
      'GET http://localhost/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await connection.received(/^HTTP\/1\.1 101 /);
    connection.socket.destroy();
    await connection.closed;
  });
});

describe('the HTTP server of an application with WebSockets', () => {
  let http: Server;
  let url: string;
  beforeEach(async () => {
    http = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => response.end(`${request.method ?? ''} ${body}`));
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    http.close().closeAllConnections();
  });

  const REQUEST = `POST / HTTP/1.1\r\nHost: localhost\r\n${H2C}Content-Length: 5\r\n\r\nhello`;

  const destroys = (path?: string): UpgradeListener => ({
    serves: ({ url }) => path === undefined || url === path,
    upgrade: (_request, stream) => stream.destroy(),
  });
  const HANDSHAKE =
    'GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  it('refuses a handshake that none of several WebSocket listeners serves once', async () => {
    listenForWebSockets(http, destroys('/one'));
    listenForWebSockets(http, destroys('/other'));
    const answer = await exchange(url, HANDSHAKE);
    expect(answer.match(/HTTP\/1\.1 404 /g)).toHaveLength(1);
    expect(answer).toContain('No WebSocket is served at this path.');
  });

  it('leaves a handshake to the one of several WebSocket listeners that serves it', async () => {
    listenForWebSockets(http, destroys('/one'));
    const upgrade: UpgradeListener['upgrade'] = (_request, stream) => {
      stream.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    };
    listenForWebSockets(http, { serves: ({ url }) => url === '/none', upgrade });
    expect(await exchange(url, HANDSHAKE)).toBe('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });

  it('leaves a handshake that no WebSocket listener serves to an application that listens to upgrades itself', async () => {
    listenForWebSockets(http, destroys('/one'));
    http.on('upgrade', (_request, stream) => {
      stream.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    expect(await exchange(url, HANDSHAKE)).toBe('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });

  it('lets an application answer other upgrades once, however many WebSocket listeners its server has', async () => {
    listenForWebSockets(http, destroys());
    listenForWebSockets(http, destroys());
    const answer = await exchange(url, REQUEST);
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(1);
    expect(answer).toContain('POST hello');
  });

  it('leaves other upgrades to an application that listens to upgrades itself', async () => {
    listenForWebSockets(http, destroys());
    http.on('upgrade', (request, stream) => {
      stream.end(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade ?? ''}\r\n\r\n`,
      );
    });
    expect(await exchange(url, REQUEST)).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n',
    );
  });
});

it('opens a WebSocket', async () => {
  const service = await startTestService('embedded');
  const socket = await openRawSocket(service.webSocketUrl);
  socket.socket.close();
  await socket.closed;
  await service.stop();
});
