import { once } from 'node:events';
import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { SessionPage } from '../../src/lifecycle/list.js';
import { signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const ORIGIN = 'https://app.example.com';

const hello = (authorization?: string) => ({
  type: MessageType.ConnectionInit,
  payload: { authorization },
});

const listen = (id: string) => ({
  id,
  type: MessageType.Subscribe,
  payload: { query: 'subscription { sessionRevoked { sessionId } }' },
});

/** The status of a refused handshake. */
async function refusalOfHandshake(url: string, origin: string): Promise<number | undefined> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { origin });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode?: number },
  ];
  socket.terminate();
  return response.statusCode;
}

describe('a WebSocket', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', {
      SIGN_IN_ORIGINS: `https://www.example.com,${ORIGIN}`,
      WEBSOCKET_OPERATION_LIMIT: '2',
      WEBSOCKET_LIMIT_PER_SESSION: '2',
      WEBSOCKET_LIMIT_PER_IP: '4',
    });
  });
  afterAll(() => service.stop());

  /** Opens a socket, and retries because the server notices the end of another one a little later than the client. */
  async function acknowledged(authorization?: string): Promise<RawSocket> {
    for (;;) {
      const socket = await openRawSocket(service.webSocketUrl);
      socket.send(hello(authorization));
      const outcome = await Promise.race([socket.next(), socket.closed]);
      if ('type' in (outcome as object)) return socket;
      expect(outcome).toMatchObject({ code: 1008 });
    }
  }

  async function closeAll(...sockets: RawSocket[]): Promise<void> {
    for (const { socket } of sockets) socket.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  }

  it.each(['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com', 'null'])(
    'refuses to open a WebSocket for a page of %s',
    async (origin) => {
      expect(await refusalOfHandshake(service.webSocketUrl, origin)).toBe(403);
    },
  );

  it('opens a WebSocket for pages of the configured origins and for clients that are not browsers', async () => {
    const fromPage = await openRawSocket(service.webSocketUrl, { origin: ORIGIN });
    const fromElsewhere = await openRawSocket(service.webSocketUrl);
    await closeAll(fromPage, fromElsewhere);
  });

  it('opens a WebSocket only for the origins of CORS_ORIGINS when that is set', async () => {
    const other = await startTestService('embedded', {
      SIGN_IN_ORIGINS: ORIGIN,
      CORS_ORIGINS: 'https://other.example',
    });
    await closeAll(await openRawSocket(other.webSocketUrl, { origin: 'https://other.example' }));
    expect(await refusalOfHandshake(other.webSocketUrl, ORIGIN)).toBe(403);
    await other.stop();
  });

  it('closes a WebSocket with 4408 when connection_init does not arrive in time', async () => {
    const impatient = await startTestService('embedded', { WEBSOCKET_INIT_TIMEOUT: '10ms' });
    const { closed } = await openRawSocket(impatient.webSocketUrl);
    expect((await closed).code).toBe(4408);
    await impatient.stop();
  });

  it('limits the concurrent operations of a WebSocket, and accepts another one when one has ended', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = await acknowledged(`Bearer ${accessToken}`);
    socket.send(listen('1'));
    socket.send(listen('2'));
    socket.send(listen('3'));
    expect(await socket.next()).toMatchObject({
      id: '3',
      type: MessageType.Error,
      payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
    socket.send({ id: '1', type: MessageType.Complete });
    socket.send({ id: '4', type: MessageType.Subscribe, payload: { query: '{ session { id } }' } });
    expect(await socket.next()).toMatchObject({ id: '4', type: MessageType.Next });
    await closeAll(socket);
  });

  it('counts a completed operation of a WebSocket until its execution has ended', async () => {
    const { accessToken } = await signIn(service.url);
    let answer: (page: SessionPage) => void = () => {};
    const list = jest
      .spyOn(service.services.sessions, 'listGovernedPage')
      .mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const socket = await acknowledged(`Bearer ${accessToken}`);
    for (const id of ['1', '2', '3']) {
      const payload = { query: '{ sessions { totalCount } }' };
      socket.send({ id, type: MessageType.Subscribe, payload });
      socket.send({ id, type: MessageType.Complete });
    }
    socket.send({ id: '4', type: MessageType.Subscribe, payload: { query: '{ __typename }' } });
    expect(await socket.next()).toMatchObject({
      id: '4',
      type: MessageType.Error,
      payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
    expect(list).toHaveBeenCalledTimes(2);
    answer({ sessions: [], total: 0, hasPrevious: false, hasMore: false, end: undefined });
    list.mockRestore();
    await closeAll(socket);
  });

  it('stops reading from a WebSocket that does not read its answers', async () => {
    const socket = await acknowledged();
    const pause = jest.spyOn(WebSocket.prototype, 'pause');
    socket.socket.pause();
    const count = 400;
    const ping = JSON.stringify({ type: MessageType.Ping, payload: { text: 'x'.repeat(90_000) } });
    for (let sent = 0; sent < count; sent += 1) socket.send(ping);
    const server = await eventually(() => {
      const [, one] = new Set(pause.mock.contexts as WebSocket[]);
      if (one === undefined) throw new Error('It is still read from.');
      return Promise.resolve(one);
    });
    expect(server.bufferedAmount).toBeLessThan(2_000_000);
    expect(socket.socket.bufferedAmount).toBeGreaterThan(0);
    pause.mockRestore();

    socket.socket.resume();
    for (let heard = 0; heard < count; heard += 1) {
      expect(await socket.next()).toMatchObject({ type: MessageType.Pong });
    }
    await closeAll(socket);
  });

  it('closes a WebSocket with 1008 when its session has too many, and accepts one when another is closed', async () => {
    const { accessToken } = await signIn(service.url);
    const authorization = `Bearer ${accessToken}`;
    const one = await acknowledged(authorization);
    const two = await acknowledged(authorization);
    const third = await openRawSocket(service.webSocketUrl);
    third.send(hello(authorization));
    expect(await third.closed).toEqual({ code: 1008, reason: 'Too many sockets of this session' });

    await closeAll(one);
    await closeAll(two, await acknowledged(authorization));
  });

  it('closes a WebSocket with 1008 when its address has too many, and accepts one when another is closed', async () => {
    const sockets: RawSocket[] = [];
    while (sockets.length < 4) sockets.push(await acknowledged());
    const fifth = await openRawSocket(service.webSocketUrl);
    expect(await fifth.closed).toEqual({ code: 1008, reason: 'Too many sockets of this address' });

    await closeAll(...sockets.splice(0, 1));
    await closeAll(await acknowledged(), ...sockets);
  });
});
