import { MessageType } from 'graphql-ws';
import { signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { heap } from '../harness/heap.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';

const LENGTH = 90_000;

/** JSON of about the longest message: as many repetitions of an element as fit. */
const arrayOf = (element: string) => {
  const count = Math.floor(LENGTH / (element.length + 1));
  return `[${Array.from({ length: count }, () => element).join(',')}]`;
};

const objectOf = () => {
  const count = Math.floor(LENGTH / 9);
  const properties = Array.from({ length: count }, (_, index) => `"${index.toString(36)}":0`);
  return `{${properties.join(',')}}`;
};

describe('the memory of the messages of WebSockets', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { MESSAGE_LIMIT: '100000' });
  });
  afterAll(() => service.stop());

  async function open(payload: string): Promise<RawSocket> {
    const socket = await openRawSocket(service.webSocketUrl);
    socket.send(`{"type":"${MessageType.ConnectionInit}","payload":${payload}}`);
    expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
    return socket;
  }

  async function openAll(count: number, payload: string): Promise<RawSocket[]> {
    const sockets: RawSocket[] = [];
    while (sockets.length < count) sockets.push(await open(payload));
    return sockets;
  }

  const noneOpen = () =>
    eventually(() => {
      expect(service.load()).toMatchObject({ sockets: 0, subscriptions: 0, messageMemory: 0 });
      return Promise.resolve();
    });

  it('does not include the payload of connection_init once the socket is acknowledged', async () => {
    // What is compiled and cached by the first sockets is not theirs.
    const first = await openAll(20, `{"unused":${arrayOf('{}')}}`);
    const before = await heap();
    const sockets = await openAll(20, `{"unused":${arrayOf('{}')}}`);
    // With both of their ends, because the clients are in this process. The payload alone takes more than a megabyte.
    expect(((await heap()) - before) / sockets.length).toBeLessThan(LENGTH);
    for (const { socket } of [...first, ...sockets]) socket.close();
    await noneOpen();
  });

  it.each<[string, string]>([
    ['objects', arrayOf('{}')],
    ['arrays', arrayOf('[]')],
    ['fractions', arrayOf('1.5')],
    ['fractions and objects', arrayOf('1.5,{}')],
    ['strings', arrayOf('"ab"')],
    ['properties', objectOf()],
    ['nested arrays', `${'['.repeat(LENGTH / 2)}${']'.repeat(LENGTH / 2)}`],
    ['one string', `"${'x'.repeat(LENGTH)}"`],
  ])('is counted at least as high as it is while a subscription keeps %s', async (_what, value) => {
    const { accessToken } = await signIn(service.url);
    const socket = await open(`{"authorization":"Bearer ${accessToken}"}`);
    const query = 'subscription { sessionRevoked { sessionId } }';
    const subscribe = async (count: number) => {
      const { subscriptions } = service.load();
      for (let id = subscriptions; id < subscriptions + count; id += 1) {
        const payload = `{"query":"${query}","variables":{"unused":${value}}}`;
        socket.send(`{"id":"${id}","type":"${MessageType.Subscribe}","payload":${payload}}`);
      }
      await eventually(() => {
        expect(service.load().subscriptions).toBe(subscriptions + count);
        return Promise.resolve();
      });
    };
    await subscribe(5);
    const [before, counted] = [await heap(), service.load().messageMemory];
    await subscribe(10);
    expect((await heap()) - before).toBeLessThan(service.load().messageMemory - counted);
    socket.socket.close();
    await noneOpen();
  });
});
