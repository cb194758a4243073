import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { print } from 'graphql';
import { WebSocket } from 'ws';
import {
  CurrentSessionDocument,
  LogoutDocument,
  SessionRevokedDocument,
} from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { aFrailRedis, type FrailRedis } from '../harness/frail-redis.js';
import { freePort } from '../harness/free-port.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { startSlowProxy, type SlowProxy } from '../harness/slow-proxy.js';
import { openSocket } from '../harness/socket.js';
import { aWallet } from '../harness/wallet.js';

const KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;

let redis: FrailRedis;
let proxy: SlowProxy;

beforeEach(async () => {
  redis = await aFrailRedis();
  await redis.start();
  proxy = await startSlowProxy(redis.port);
});
afterEach(async () => {
  await redis.thaw();
  await proxy.close();
  await redis.remove();
});

const start = (environment: Record<string, string> = {}) =>
  startServiceProcess({
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    REDIS_COMMAND_TIMEOUT: '30s',
    SHUTDOWN_TIMEOUT: '30s',
    SESSION_KEYS: KEY,
    SIGN_IN_ORIGINS: 'http://localhost',
    ...environment,
  });

const isStopping = ({ log }: ServiceProcess) =>
  eventually(async () => {
    expect(log.map(({ msg }) => msg)).toContain('stopping');
    return Promise.resolve();
  });

/** Resolves when an operation has been sent to Redis. */
const sentMoreThan = (before: number) =>
  eventually(async () => {
    expect(proxy.sent).toBeGreaterThan(before);
    return Promise.resolve();
  });

async function fetchPage(url: string, path: string, agent?: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(new URL(path, url), { agent }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  await once(response, 'end');
  return response;
}

const statusOf = async (url: string, path: string) => (await fetchPage(url, path)).statusCode;

describe('an instance of the service', () => {
  it('reports itself alive whatever Redis does, and ready only while Redis answers', async () => {
    const service = await start({ REDIS_COMMAND_TIMEOUT: '500ms' });
    expect(await statusOf(service.url, '/healthz')).toBe(200);
    expect(await statusOf(service.url, '/readyz')).toBe(200);
    await redis.freeze();
    expect(await statusOf(service.url, '/readyz')).toBe(503);
    expect(await statusOf(service.url, '/healthz')).toBe(200);
    await redis.thaw();
    await eventually(async () => {
      expect(await statusOf(service.url, '/readyz')).toBe(200);
    });
    await service.stop();
  });

  it('reports itself not ready after SIGTERM and keeps serving for SHUTDOWN_DELAY', async () => {
    const service = await start({ SHUTDOWN_DELAY: '2s' });
    const { session, accessToken } = await signIn(service.url);
    const stopped = service.stop();
    await isStopping(service);
    expect(await statusOf(service.url, '/readyz')).toBe(503);
    expect(await statusOf(service.url, '/healthz')).toBe(200);
    const seen = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
    expect(seen.session?.id).toBe(session.id);
    expect(await stopped).toEqual({ code: 0, signal: null });
  });
});

describe('an instance that receives SIGTERM', () => {
  it('completes pending operations after SIGTERM over HTTP and WebSocket, loses no revocation, and exits with 0', async () => {
    const service = await start();
    const [one, other] = [await signIn(service.url), await signIn(service.url)];
    const socket = openSocket(service.webSocketUrl, other.accessToken);
    await socket.opened;

    await redis.freeze();
    let before = proxy.sent;
    const overHttp = apiClient(service.url, one.accessToken).request(LogoutDocument, {});
    await sentMoreThan(before);
    before = proxy.sent;
    const overSocket = socket.request(CurrentSessionDocument, {});
    await sentMoreThan(before);
    const stopped = service.stop();
    await isStopping(service);
    await redis.thaw();

    expect((await overHttp).logout.sessionId).toBe(one.session.id);
    expect((await overSocket).session?.id).toBe(other.session.id);
    expect((await socket.closed).code).toBe(1001);
    expect(await stopped).toEqual({ code: 0, signal: null });

    const next = await start();
    const seen = await apiClient(next.url, one.accessToken).request(CurrentSessionDocument);
    expect(seen.session).toBeNull();
    await next.stop();
  });

  it('stops on SIGTERM without waiting for idle keep-alive connections', async () => {
    const service = await start();
    const agent = new Agent({ keepAlive: true });
    const response = await fetchPage(service.url, '/healthz', agent);
    expect(response.headers.connection).toBe('keep-alive');
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    agent.destroy();
  });

  it('stops on SIGTERM without waiting for sockets whose clients do not answer the close frame', async () => {
    const service = await start({ SHUTDOWN_TIMEOUT: '15s' });
    const client = connect(Number(new URL(service.url).port), '127.0.0.1');
    client.write(
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
    client.on('error', () => undefined);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    client.destroy();
  });

  it('closes the sockets of graphql-ws clients on SIGTERM, which resume their subscriptions on the next instance', async () => {
    const PORT = String(await freePort());
    const first = await start({ PORT });
    const wallet = aWallet();
    const { accessToken } = await signIn(first.url, wallet);
    const client = createClient({
      url: first.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${accessToken}` },
      retryAttempts: 1000,
      // Retries even when nothing listens yet.
      shouldRetry: () => true,
      // The pause between attempts; the default of the client is a second or more.
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    const events = client.iterate({
      query: print(SessionRevokedDocument),
      variables: { after: '0-0' },
    });
    const endAnother = async (url: string) => {
      const another = await signIn(url, wallet);
      await apiClient(url, another.accessToken).request(LogoutDocument, {});
      return { data: { sessionRevoked: { sessionId: another.session.id } } };
    };
    const firstEnd = await endAnother(first.url);
    expect((await events.next()).value).toMatchObject(firstEnd);
    await first.stop();

    const second = await start({ PORT });
    const secondEnd = await endAnother(second.url);
    // The subscription asks for all events from the beginning, so they are all delivered again.
    expect((await events.next()).value).toMatchObject(firstEnd);
    expect((await events.next()).value).toMatchObject(secondEnd);
    await client.dispose();
    await second.stop();
  });
});
