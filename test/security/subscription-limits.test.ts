import { MessageType } from 'graphql-ws';
import type { ServerLoad } from '../../src/websocket/socket-server.js';
import { signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { heap } from '../harness/heap.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aWallet } from '../harness/wallet.js';

const QUERY = 'subscription ($after: String) { sessionRevoked(after: $after) { sessionId } }';

const listen = (id: string, query = QUERY, extensions = {}) => ({
  id,
  type: MessageType.Subscribe,
  payload: { query, extensions },
});
const complete = (id: string) => ({ id, type: MessageType.Complete });
const refusal = (id: string, whose: string) => ({
  id,
  type: MessageType.Error,
  payload: [
    {
      message: expect.stringContaining(whose) as string,
      extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
    },
  ],
});

describe('the subscriptions of an instance', () => {
  let service: TestService;
  afterEach(() => service.stop());

  const start = async (limits: Record<string, string>) => {
    service = await startTestService('embedded', limits);
  };

  async function open(accessToken?: string): Promise<RawSocket> {
    const socket = await openRawSocket(service.webSocketUrl);
    const authorization = accessToken && `Bearer ${accessToken}`;
    socket.send({ type: MessageType.ConnectionInit, payload: { authorization } });
    expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
    return socket;
  }

  async function openFor(wallet = aWallet()): Promise<RawSocket> {
    const { accessToken } = await signIn(service.url, wallet);
    return open(accessToken);
  }

  /** The service notices the end of a socket or a subscription a little after the client has sent it. */
  const loadIs = (load: Partial<ServerLoad>) =>
    eventually(() => {
      expect(service.load()).toMatchObject(load);
      return Promise.resolve();
    });

  it.each([
    ['session', 'WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION', 'This session'],
    ['address', 'WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP', 'This address'],
    ['instance', 'WEBSOCKET_SUBSCRIPTION_LIMIT', 'This instance'],
  ])(
    'limits the subscriptions of a single %s over all its sockets, and accepts another one when one has ended',
    async (_whose, variable, words) => {
      await start({ [variable]: '3' });
      const { accessToken } = await signIn(service.url);
      const [one, two] = [await open(accessToken), await open(accessToken)];
      one.send(listen('1'));
      one.send(listen('2'));
      one.send({ type: MessageType.Ping });
      expect(await one.next()).toEqual({ type: MessageType.Pong });
      two.send(listen('3'));
      two.send(listen('4'));
      expect(await two.next()).toMatchObject(refusal('4', words));

      one.send(complete('1'));
      await loadIs({ subscriptions: 2 });
      two.send(listen('5'));
      two.send(listen('6'));
      expect(await two.next()).toMatchObject(refusal('6', words));

      one.socket.close();
      await loadIs({ sockets: 1, subscriptions: 2 });
      two.send(listen('7'));
      two.send(listen('8'));
      expect(await two.next()).toMatchObject(refusal('8', words));
    },
  );

  it('counts the subscriptions of each session separately', async () => {
    await start({ WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: '1' });
    const wallet = aWallet();
    for (const socket of [await openFor(wallet), await openFor(wallet), await openFor()]) {
      socket.send(listen('1'));
      socket.send(listen('2'));
      expect(await socket.next()).toMatchObject(refusal('2', 'This session'));
    }
    expect(service.load().subscriptions).toBe(3);
  });

  it('does not count subscriptions that fail', async () => {
    await start({ WEBSOCKET_SUBSCRIPTION_LIMIT: '1' });
    const socket = await openFor();
    for (const id of ['1', '2', '3']) {
      const query = 'subscription { sessionRevoked(after: "yesterday") { sessionId } }';
      socket.send(listen(id, query));
      expect(await socket.next()).toMatchObject({
        payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      });
      expect(await socket.next()).toEqual(complete(id));
    }
    socket.send(listen('4'));
    await loadIs({ subscriptions: 1 });
  });

  it('counts the same document of several subscriptions once, and limits the length of the documents of an address', async () => {
    await start({ MESSAGE_LIMIT: '100000' });
    const socket = await openFor();
    const spaced = (id: string) => QUERY.replace('{', `{${' '.repeat(9000)}# ${id}\n`);
    for (const id of ['1', '2', '3', '4', '5']) socket.send(listen(id, spaced(id)));
    socket.send(listen('6', spaced('6')));
    expect(await socket.next()).toMatchObject(refusal('6', 'documents'));
    socket.send(listen('7', spaced('1')));
    await loadIs({ subscriptions: 6 });
    for (const id of ['1', '7']) socket.send(complete(id));
    await loadIs({ subscriptions: 4 });
    socket.send(listen('8', spaced('6')));
    await loadIs({ subscriptions: 5 });
  });

  it.each([
    ['address', 'WEBSOCKET_MEMORY_PER_IP', 1008],
    ['instance', 'WEBSOCKET_MEMORY', 1013],
  ])(
    'limits the message memory of a single %s, and frees it when its sockets close',
    async (whose, variable, code) => {
      await start({ [variable]: '1000000', MESSAGE_LIMIT: '100000' });
      const sockets = [await openFor(), await openFor()];
      const [first, second] = sockets as [RawSocket, RawSocket];
      const large = { unused: 'x'.repeat(90_000) };
      for (let count = 0; count < 4; count += 1) first.send(listen(String(count), QUERY, large));
      await loadIs({ subscriptions: 4 });
      second.send(listen('1', QUERY, large));
      second.send(listen('2', QUERY, large));
      expect(await second.closed).toMatchObject({
        code,
        reason: expect.stringContaining(whose) as string,
      });
      first.socket.close();
      await loadIs({ sockets: 0, subscriptions: 0, messageMemory: 0 });
    },
  );

  it('closes a socket beyond the limit of the instance, and accepts one when another is closed', async () => {
    await start({ WEBSOCKET_LIMIT: '2' });
    const [one] = [await open(), await open()];
    const third = await openRawSocket(service.webSocketUrl);
    expect(await third.closed).toEqual({ code: 1013, reason: 'Too many sockets at this instance' });
    one.socket.close();
    await loadIs({ sockets: 1 });
    await open();
  });

  it('uses less than 12 KB of memory for each subscription', async () => {
    const count = 2000;
    await start({ WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: '0' });
    const { accessToken } = await signIn(service.url);
    const sockets: RawSocket[] = [];
    while (sockets.length < count / 50) sockets.push(await open(accessToken));
    const subscribe = async (socket: RawSocket, ids: number) => {
      const before = service.load().subscriptions;
      for (let id = 0; id < ids; id += 1) socket.send(listen(String(id)));
      await loadIs({ subscriptions: before + ids });
    };
    const [first, ...others] = sockets as [RawSocket, ...RawSocket[]];
    await subscribe(first, 50);
    const before = await heap();
    for (const socket of others) await subscribe(socket, 50);
    expect(((await heap()) - before) / (count - 50)).toBeLessThan(3 * 4096);
  });
});
