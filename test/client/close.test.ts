import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { createWalletSessionsClient, type Fetch } from '../../src/client/index.js';
import { closeClients, openClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';

const MINUTE = 60_000;

/** Holds back the answers to one operation until they are let go. */
function holding(operation: string, answer: Fetch = fetch) {
  let times = 0;
  let hold = () => {};
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (hold = resolve));
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const holdingFetch: Fetch = async (url, init) => {
    if (!init.body.includes(`mutation ${operation}(`)) return fetch(url, init);
    times += 1;
    const response = await answer(url, init);
    hold();
    await gate;
    return response;
  };
  return { fetch: holdingFetch, held, letGo, times: () => times };
}

describe('a client that is closed', () => {
  const clock = createFakeClock();
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', {}, clock);
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('opens no socket any more, whoever stops listening or begins to', async () => {
    const sockets: WebSocket[] = [];
    class Noted extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    }
    const client = createWalletSessionsClient({ url: service.url, webSocket: Noted, clock });
    const stops = [client.on('change', () => {}), client.on('end', () => {})];
    await client.signIn(Wallet.createRandom());
    const closed = new Promise((resolve) => sockets[0]?.on('close', resolve));
    client.close();
    await closed;

    for (const stop of stops) {
      stop();
      client.on('revocation', () => {});
    }
    await client.signIn(Wallet.createRandom());
    expect(sockets).toHaveLength(1);
  });

  const extensions = { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 };
  const refusal = { data: null, errors: [{ message: 'Not now.', extensions }] };

  it.each<[string, Fetch, number]>([
    ['is answered', fetch, 91],
    ['is refused for now', () => Promise.resolve(Response.json(refusal)), 10],
  ])(
    'refreshes no more by itself when one that was under way %s',
    async (_described, answer, minutes) => {
      const refresh = holding('Refresh', answer);
      const client = openClient(service, { clock, fetch: refresh.fetch });
      await client.signIn(Wallet.createRandom());
      clock.advance(90 * MINUTE);
      await refresh.held;
      client.close();
      const settled = client.accessToken();
      refresh.letGo();
      await settled;

      clock.advance(minutes * MINUTE);
      await client.session();
      expect(refresh.times()).toBe(1);
      expect(client.told('error')).toEqual([]);
    },
  );
});
