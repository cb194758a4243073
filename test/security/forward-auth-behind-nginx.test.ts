import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';
import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { createCookieClient, signInByCookies } from '../harness/cookie-client.js';
import { readDocumentation } from '../harness/documentation.js';
import { runNginx } from '../harness/nginx.js';
import { aProof, aProofKey } from '../harness/proof.js';
import { exchange } from '../harness/raw-connection.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { aWallet } from '../harness/wallet.js';

const PAGE = 'https://app.example.com';
const IDENTITY = ['x-wallet-account', 'x-session-id', 'x-session-expires-at'] as const;

/** Headers that an attacker sends so that the back end might take them for those of the proxy. */
const FORGED = [
  ...IDENTITY,
  ...IDENTITY.map((name) => name.replaceAll('-', '_').toUpperCase()),
  ...IDENTITY.map((name) => name.toUpperCase()),
].map((name) => `${name}: forged`);

interface BackEnd {
  readonly port: number;
  /** The requests that reached the back end. */
  readonly received: IncomingMessage[];
  close(): Promise<void>;
}

/** A back end that answers with the headers that it has received, and greets over WebSocket. */
async function startBackEnd(): Promise<BackEnd> {
  const received: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    received.push(request);
    response.end(JSON.stringify(request.headers));
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => {
    received.push(request);
    socket.send(JSON.stringify(request.headers));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    port: (http.address() as AddressInfo).port,
    received,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

describe('nginx with the documented forward authentication', () => {
  let redis: RedisServer;
  let service: TestService;
  let clock: FakeClock;
  let backEnd: BackEnd;
  let nginx: Awaited<ReturnType<typeof runNginx>>;

  beforeAll(async () => {
    clock = createFakeClock();
    [redis, backEnd] = await Promise.all([startRedisServer(), startBackEnd()]);
    const environment = {
      REDIS_URL: redis.url,
      REDIS_COMMAND_TIMEOUT: '1s',
      COOKIES: 'true',
      SIGN_IN_ORIGINS: PAGE,
      ALLOWED_HOSTS: 'app.example.com',
      TRUSTED_PROXIES: 'loopback',
    };
    service = await startTestService('Redis', environment, clock);
    const { snippets } = readDocumentation();
    const id = 'docs/reverse-proxies.md#files-and-an-api-behind-nginx';
    const documented = snippets.find((snippet) => snippet.id === id)?.text ?? '';
    nginx = await runNginx(async (port, directory) => {
      await mkdir(join(directory, 'www/members'), { recursive: true });
      await writeFile(join(directory, 'www/members/secret.txt'), 'for members');
      return documented
        .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
        .replace(/^ *ssl_certificate.*$/gm, '')
        .replace('127.0.0.1:4000', new URL(service.url).host.replace('localhost', '127.0.0.1'))
        .replace('127.0.0.1:8080', `127.0.0.1:${backEnd.port}`)
        .replace('/srv/www', join(directory, 'www'));
    });
  });
  afterAll(async () => {
    await nginx.close();
    await Promise.all([service.stop(), backEnd.close(), redis.stop()]);
  });

  interface Answer {
    readonly status: number | undefined;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }

  async function get(
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<Answer> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const host = 'app.example.com';
      const options = { port: nginx.port, host: '127.0.0.1', path, method };
      httpRequest({ ...options, headers: { host, connection: 'close', ...headers } })
        .on('response', resolve)
        .on('error', reject)
        .end();
    });
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** Sends a request head with these lines and the forged headers. */
  const sendForged = (path: string, ...lines: string[]) =>
    exchange(
      `http://127.0.0.1:${nginx.port}`,
      [
        `GET ${path} HTTP/1.1`,
        'host: app.example.com',
        'connection: close',
        ...lines,
        ...FORGED,
        '',
        '',
      ].join('\r\n'),
    );

  function openSocket(headers: Record<string, string>) {
    const socket = new WebSocket(`ws://127.0.0.1:${nginx.port}/api/socket`, {
      headers: { host: 'app.example.com', ...headers },
    });
    return new Promise<{ status: number; headers?: Record<string, string> }>((resolve, reject) => {
      socket.once('message', (data: Buffer) => {
        resolve({ status: 101, headers: JSON.parse(data.toString()) as Record<string, string> });
        socket.terminate();
      });
      socket.once('unexpected-response', (_request, response) => {
        resolve({ status: response.statusCode ?? 0 });
        response.destroy();
      });
      socket.once('error', reject);
    });
  }

  it('serves static files behind nginx only to valid sessions, and to none after its logout', async () => {
    expect(await get('/members/secret.txt')).toMatchObject({ status: 401 });
    const { accessToken } = await signIn(service.url);
    for (let count = 0; count < 2; count += 1) {
      const answer = await get('/members/secret.txt', bearer(accessToken));
      expect(answer).toMatchObject({ status: 200, body: 'for members' });
      expect(answer.headers['cache-control']).toBe('private, no-cache');
    }
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    const refused = await get('/members/secret.txt', bearer(accessToken));
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(refused.body).not.toContain('members');
  });

  it('passes the account, session and expiry to a back end behind nginx, and neither tokens nor cookies', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const { status, body } = await get('/api/hello', { ...bearer(accessToken), cookie: 'own=1' });
    expect(status).toBe(200);
    const headers = JSON.parse(body) as Record<string, string>;
    expect(headers).toMatchObject({
      'x-wallet-account': wallet.account,
      'x-session-id': session.id,
      'x-session-expires-at': new Date(session.expiresAt).toISOString(),
    });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
  });

  it('sends no request without a session to a back end behind nginx', async () => {
    const before = backEnd.received.length;
    expect((await get('/api/hello')).status).toBe(401);
    expect(await sendForged('/api/hello')).toMatch(/^HTTP\/1\.1 401 /);
    expect((await get('/_auth')).status).toBe(404);
    expect(backEnd.received).toHaveLength(before);
  });

  it('hides forward authentication, introspection and health checks behind nginx, in every spelling of their paths', async () => {
    const { accessToken } = await signIn(service.url);
    const hidden = [
      '/wallet/auth',
      '/wallet/auth/envoy?/x',
      '/wallet/auth/hasura',
      '/wallet/introspect',
      '/wallet/healthz',
      '/wallet/readyz',
      '/wallet//healthz',
      '/wallet/%68ealthz',
      '/wallet/x/../healthz',
      '/x/..%2fwallet/healthz',
    ];
    for (const path of hidden) {
      const answer = await get(path, bearer(accessToken));
      expect(answer.status).toBe(404);
      expect(answer.headers['x-wallet-account']).toBeUndefined();
    }
    expect((await get('/wallet/api/session', bearer(accessToken))).status).toBe(200);
    expect((await get('/members/secret.txt', bearer(accessToken))).status).toBe(200);
  });

  it('replaces or removes the identity headers that a client sends to a back end behind nginx', async () => {
    const { accessToken, session } = await signIn(service.url);
    const forged = await sendForged('/api/hello', `authorization: Bearer ${accessToken}`);
    expect(forged).toMatch(/^HTTP\/1\.1 200 /);
    expect(forged).toContain(session.id);
    expect(forged).not.toContain('forged');
    const open = await sendForged('/');
    expect(open).toMatch(/^HTTP\/1\.1 200 /);
    expect(open).not.toContain('forged');
  });

  it('refuses every spelling of a protected path behind nginx without a session', async () => {
    const before = backEnd.received.length;
    const protectedPaths = [
      '/members/../members/secret.txt',
      '/%6dembers/secret.txt',
      '//members/secret.txt',
      '/x/..%2fmembers/secret.txt',
      '/%61pi/hello',
      '/x/../api/hello',
      '/x/..%2fapi/hello',
      '//api/hello',
    ];
    for (const path of protectedPaths) {
      expect(await sendForged(path)).toMatch(/^HTTP\/1\.1 401 /);
    }
    expect(backEnd.received).toHaveLength(before);
  });

  it('checks the WebSocket handshake to a back end behind nginx, and refuses one from another origin', async () => {
    const { accessToken, session } = await signIn(service.url);
    const opened = await openSocket(bearer(accessToken));
    expect(opened).toMatchObject({ status: 101, headers: { 'x-session-id': session.id } });
    expect(await openSocket({})).toEqual({ status: 401 });

    const browser = createCookieClient(service.url, { origin: PAGE, host: 'app.example.com' });
    const { id } = await signInByCookies(browser);
    const cookie = browser.header();
    expect(await openSocket({ cookie, origin: PAGE })).toMatchObject({
      headers: { 'x-session-id': id },
    });
    expect(await openSocket({ cookie, origin: 'https://evil.example' })).toEqual({ status: 403 });

    await browser.send(LogoutDocument, {});
    expect(await openSocket({ cookie, origin: PAGE })).toEqual({ status: 401 });
  });

  it('accepts a session in cookies behind nginx throughout its refresh window without setting cookies', async () => {
    const browser = createCookieClient(service.url, { origin: PAGE, host: 'app.example.com' });
    await signInByCookies(browser);
    const visit = () => ({
      cookie: browser.header(),
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    });
    const { timeout, refreshWindow } = DEFAULT_SESSION_POLICY;
    clock.advance(timeout - refreshWindow + 1);
    for (let count = 0; count < 3; count += 1) {
      const answer = await get('/members/secret.txt', visit());
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    const old = browser.header();
    await browser.send(CurrentSessionDocument, {});
    expect(browser.header()).not.toBe(old);
    clock.advance(refreshWindow);
    expect((await get('/members/secret.txt', visit())).status).toBe(200);
  });

  it('accepts a proof of a key behind nginx for this request alone, whatever headers the client adds', async () => {
    const key = aProofKey();
    const grant = { dpop: aProof(key, `${PAGE}/graphql`, clock.now()) };
    const { accessToken } = await signIn(service.url, aWallet(), {}, grant);
    const send = (path: string, method: string, added: Record<string, string> = {}) => {
      const claims = { htm: 'POST' };
      const dpop = aProof(key, `${PAGE}/api/x`, clock.now(), { accessToken, claims });
      return get(path, { authorization: `DPoP ${accessToken}`, dpop, ...added }, method);
    };
    expect((await send('/api/x', 'POST')).status).toBe(200);
    const before = backEnd.received.length;
    for (const name of ['x-forwarded-method', 'x-original-method']) {
      expect((await send('/api/x', 'DELETE', { [name]: 'POST' })).status).toBe(401);
    }
    for (const name of ['x-forwarded-uri', 'x-original-uri']) {
      expect((await send('/api/y', 'POST', { [name]: '/api/x' })).status).toBe(401);
    }
    const forAuth = aProof(key, `${PAGE}/auth`, clock.now(), { accessToken });
    const confused = { 'x-forwarded-uri': '/x', dpop: forAuth };
    expect((await send('/api/y', 'POST', confused)).status).toBe(401);
    expect(backEnd.received).toHaveLength(before);
    const own = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/x' };
    expect((await send('/api/x', 'POST', own)).status).toBe(200);
  });

  it('answers 503 for protected paths behind nginx while the store does not answer', async () => {
    const { accessToken } = await signIn(service.url);
    const before = backEnd.received.length;
    await redis.stop();
    for (const path of ['/members/secret.txt', '/api/hello']) {
      const answer = await get(path, bearer(accessToken));
      expect(answer.status).toBe(503);
      expect(answer.body).not.toContain('for members');
    }
    expect(backEnd.received).toHaveLength(before);
  });
});
