import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { exchange, openRawConnection } from '../harness/raw-connection.js';
import { startTestService, type TestService } from '../harness/service.js';

/** The idle timeout of nginx and of Application Load Balancers of AWS, in milliseconds. */
const IDLE_TIMEOUT_OF_BALANCERS = 60_000;

const PATHS = ['/graphql?query=%7B__typename%7D', '/readyz', '/nowhere'];

describe('an idle connection', () => {
  const SECRET = 'secret';
  let service: TestService | undefined;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterEach(async () => {
    agent.destroy();
    await service?.stop();
    service = undefined;
  });

  async function start(environment: Record<string, string> = {}): Promise<string> {
    service = await startTestService('embedded', environment);
    return new URL(service.url).origin;
  }

  /** A request that resolves to its answer and connection, when the answer has been read. */
  async function get(url: string) {
    const [answer] = (await once(
      request(url, { agent, headers: { 'apollo-require-preflight': 'yes' } }).end(),
      'response',
    )) as [IncomingMessage];
    const { headers, statusCode, socket } = answer;
    await once(answer.resume(), 'end');
    return { headers, statusCode, socket };
  }

  it.each([
    ['/introspect', 'token=x', 'application/x-www-form-urlencoded', 200],
    ['/introspect', 'nothing=x', 'application/x-www-form-urlencoded', 400],
    ['/api/challenge', '{}', 'application/json', 200],
    ['/api/challenge', '{"unknown":1}', 'application/json', 400],
    ['/api/refresh', 'no JSON', 'application/json', 400],
    ['/graphql', '{"query":"{__typename}"}', 'application/json', 200],
    ['/graphql', 'no JSON', 'application/json', 400],
  ])(
    'keeps a connection open after POST %s of %s, whose body it has read',
    async (path, body, type, status) => {
      const hashed = hash('sha256', SECRET);
      const origin = await start({ TOKEN_INTROSPECTION_CLIENTS: `api:${hashed}` });
      const authorization =
        path === '/introspect' ? `Basic ${Buffer.from(`api:${SECRET}`).toString('base64')}` : '';
      const headers = {
        'content-type': type,
        'content-length': body.length,
        ...(authorization !== '' && { authorization }),
      };
      const sent = request(origin + path, { agent, method: 'POST', headers }).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      expect([answer.statusCode, answer.headers.connection]).toEqual([status, 'keep-alive']);
    },
  );

  it.each(PATHS)(
    'keeps a connection open longer than load balancers reuse it after GET %s',
    async (path) => {
      const accepted: Socket[] = [];
      const accept = (message: unknown) => accepted.push((message as { socket: Socket }).socket);
      subscribe('net.server.socket', accept);
      const origin = await start();
      const { headers } = await get(origin + path);
      unsubscribe('net.server.socket', accept);
      expect(headers['keep-alive']).toBe('timeout=75');
      expect(accepted).toHaveLength(1);
      expect(accepted[0]?.timeout).toBeGreaterThan(IDLE_TIMEOUT_OF_BALANCERS);
    },
  );

  it('does not close a connection between two requests for an overdue head', async () => {
    const origin = await start({ REQUEST_HEADERS_TIMEOUT: '100ms', REQUEST_TIMEOUT: '100ms' });
    const first = await get(`${origin}/healthz`);
    // A connection opened later, on which nothing is sent, is closed.
    const silent = await openRawConnection(origin);
    silent.socket.resume();
    await once(silent.socket, 'close');
    const second = await get(`${origin}/healthz`);
    expect(second.statusCode).toBe(200);
    expect(second.socket).toBe(first.socket);
  });

  it('closes an idle connection after KEEP_ALIVE_TIMEOUT', async () => {
    const origin = await start({ KEEP_ALIVE_TIMEOUT: '1s' });
    const answer = await exchange(origin, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 .*keep-alive: timeout=1\r\n/is);
  });
});
