import { once } from 'node:events';
import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { signIn } from '../harness/api.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const init = (payload?: object) => ({ type: MessageType.ConnectionInit, payload });
const subscribe = (id: string, query: string) => ({
  id,
  type: MessageType.Subscribe,
  payload: { query },
});

describe('the graphql-transport-ws protocol', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('Redis', { MESSAGE_LIMIT: '2048' });
  });
  afterAll(() => service.stop());

  async function acknowledged(payload?: object): Promise<RawSocket> {
    const socket = await openRawSocket(service.webSocketUrl);
    socket.send(init(payload));
    expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
    return socket;
  }

  it('closes a WebSocket of another subprotocol with 4406', async () => {
    const socket = new WebSocket(service.webSocketUrl);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4406);
  });

  it('closes a WebSocket with 4400 on an invalid message', async () => {
    const { send, closed } = await openRawSocket(service.webSocketUrl);
    send('nonsense');
    expect((await closed).code).toBe(4400);
  });

  it.each([MessageType.ConnectionAck, MessageType.Next, MessageType.Error])(
    'closes a WebSocket with 4400 on a message that only servers send (%s), and does not report a defect',
    async (type) => {
      const { send, closed } = await acknowledged();
      const payload = type === MessageType.Error ? [{ message: 'no' }] : {};
      send({ id: '1', type, payload });
      expect((await closed).code).toBe(4400);
      expect(service.log.join('')).not.toContain('Unexpected message');
    },
  );

  it('closes a WebSocket with 4401 on an operation before the acknowledgement', async () => {
    const { send, closed } = await openRawSocket(service.webSocketUrl);
    send(subscribe('1', '{ session { id } }'));
    expect((await closed).code).toBe(4401);
  });

  it('closes a WebSocket that opens with an invalid token with 4403', async () => {
    for (const authorization of ['Bearer nonsense', `Bearer wsa_${'A'.repeat(83)}`, '', 7]) {
      const { send, closed } = await openRawSocket(service.webSocketUrl);
      send(init({ authorization }));
      expect((await closed).code).toBe(4403);
    }
  });

  it('closes a WebSocket that never sends connection_init with 4408', async () => {
    const { closed } = await openRawSocket(service.webSocketUrl);
    expect((await closed).code).toBe(4408);
  });

  it('closes a WebSocket with 4409 on a second operation with the same id', async () => {
    const { accessToken } = await signIn(service.url);
    const { send, closed } = await acknowledged({ authorization: `Bearer ${accessToken}` });
    send(subscribe('1', 'subscription { sessionRevoked { sessionId } }'));
    send(subscribe('1', 'subscription { sessionRevoked { sessionId } }'));
    expect((await closed).code).toBe(4409);
  });

  it('closes a WebSocket with 4409 on a long id whose operation still runs after its client completed it', async () => {
    const { accessToken } = await signIn(service.url);
    const running = jest
      .spyOn(service.services.sessions, 'listGovernedPage')
      .mockReturnValue(new Promise(() => undefined));
    const { send, closed } = await acknowledged({ authorization: `Bearer ${accessToken}` });
    const id = 'x'.repeat(200);
    send(subscribe(id, '{ sessions { totalCount } }'));
    send({ id, type: MessageType.Complete });
    send(subscribe(id, '{ sessions { totalCount } }'));
    expect((await closed).code).toBe(4409);
    running.mockRestore();
  });

  it('closes a WebSocket with 4409 and no reason on a second operation with an id that is too long to quote', async () => {
    const { send, closed } = await acknowledged();
    const id = 'x'.repeat(200);
    send(subscribe(id, '{ session { id } }'));
    send(subscribe(id, '{ session { id } }'));
    expect(await closed).toEqual({ code: 4409, reason: '' });
  });

  it('closes a WebSocket with 4429 on a second connection_init', async () => {
    const { send, closed } = await acknowledged();
    send(init());
    expect((await closed).code).toBe(4429);
  });

  it('closes a WebSocket with 4500 on a defect, which it reports and does not reveal', async () => {
    const broken = jest
      .spyOn(service.services.sessions, 'authenticate')
      .mockRejectedValueOnce(new TypeError('a defect'));
    const { send, closed } = await openRawSocket(service.webSocketUrl);
    send(init({ authorization: `Bearer wsa_${'A'.repeat(83)}` }));
    expect(await closed).toEqual({ code: 4500, reason: 'Internal server error' });
    expect(service.log.join('')).toContain('a defect');
    broken.mockRestore();
  });

  it('closes a WebSocket with 1009 on a message over the limit', async () => {
    const { send, closed } = await acknowledged();
    send(subscribe('1', `{ ${'a'.repeat(3000)} }`));
    expect((await closed).code).toBe(1009);
  });

  it('closes a WebSocket with 1007 on a message that is not UTF-8', async () => {
    const { socket, closed } = await acknowledged();
    socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    expect((await closed).code).toBe(1007);
  });

  it('answers a ping over WebSocket with a pong', async () => {
    const { send, next, socket } = await acknowledged();
    send({ type: MessageType.Ping });
    expect(await next()).toEqual({ type: MessageType.Pong });
    socket.close();
  });

  it('executes an operation without a session over WebSocket', async () => {
    const { send, next, socket } = await acknowledged();
    send(subscribe('1', '{ session { id } }'));
    expect(await next()).toMatchObject({
      type: MessageType.Next,
      payload: { data: { session: null } },
    });
    expect(await next()).toEqual({ id: '1', type: MessageType.Complete });
    socket.close();
  });

  it.each([
    ['does not parse', '{ session', 'GRAPHQL_PARSE_FAILED'],
    ['does not validate', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['has no operation', 'fragment F on Session { id }', 'GRAPHQL_VALIDATION_FAILED'],
  ])(
    'answers an operation over WebSocket that %s with an error, and keeps the socket open',
    async (_why, query, code) => {
      const { send, next, socket } = await acknowledged();
      send(subscribe('1', query));
      const answer = (await next()) as { type: string; payload: unknown };
      expect(answer.type).toBe(MessageType.Error);
      expect(answer.payload).toMatchObject([{ extensions: { code } }]);
      send(subscribe('2', '{ session { id } }'));
      expect(await next()).toMatchObject({ id: '2', type: MessageType.Next });
      socket.close();
    },
  );

  it('answers an operation over WebSocket that needs a session with UNAUTHENTICATED and completes it', async () => {
    const { send, next, socket } = await acknowledged();
    send(subscribe('1', 'subscription { sessionRevoked { sessionId } }'));
    expect(await next()).toMatchObject({
      type: MessageType.Next,
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await next()).toEqual({ id: '1', type: MessageType.Complete });
    socket.close();
  });
});
