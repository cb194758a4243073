import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { createWalletSessionsClient, type Fetch } from '../../client/src/index.js';
import { closeClients, openClient } from '../harness/client.js';
import { createFakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage } from '../harness/token-storage.js';

const MINUTE = 60_000;

/** Holds back the answers to one operation until they are released. */
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

describe('a closed client', () => {
  const clock = createFakeClock();
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', {}, clock);
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('opens no more sockets for a closed client, whatever listeners come and go', async () => {
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
    ['is refused temporarily', () => Promise.resolve(Response.json(refusal)), 10],
  ])(
    'does not refresh by itself after close when a pending refresh %s',
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

  it('keeps the tokens of a refresh that completes after close, and refreshes with them after a reload', async () => {
    const refresh = holding('Refresh');
    const storage = aStorage();
    const options = { name: 'reloaded', clock, storage };
    const before = openClient(service, { ...options, fetch: refresh.fetch });
    const { id } = await before.signIn(Wallet.createRandom());
    const refreshed = before.refresh();
    await refresh.held;
    before.close();
    refresh.letGo();
    await refreshed;

    // After the grace period, a used token would end the session.
    clock.advance(5 * MINUTE);
    const after = openClient(service, options);
    await after.refresh();
    expect((await after.session())?.id).toBe(id);
  });

  it('does not follow other tabs after close', async () => {
    const options = { name: 'apart', clock };
    const open = () => openClient(service, options);
    const [closed, one, two] = [open(), open(), open()];
    await closed.ready;
    closed.close();
    await one.signIn(Wallet.createRandom());
    await two.heard('change', ({ status }) => status === 'signed-in');
    expect(closed.state).toEqual({ status: 'signed-out' });
  });

  it('completes a pending sign-in after close and accepts another one', async () => {
    const signIn = holding('SignIn');
    const storage = aStorage();
    const options = { name: 'left', clock, storage, fetch: signIn.fetch };
    const client = openClient(service, options);
    const underWay = client.signIn(Wallet.createRandom());
    await signIn.held;
    client.close();
    signIn.letGo();
    const session = await underWay;
    expect(client.state).toEqual({ status: 'signed-in', session });
    const { id } = await client.signIn(Wallet.createRandom());
    expect(storage.grant()).toMatchObject({ session: { id } });
  });

  it('logs out after close and removes the tokens from the storage', async () => {
    const storage = aStorage();
    const client = openClient(service, { name: 'logged-out', clock, storage });
    await client.signIn(Wallet.createRandom());
    client.close();
    await client.logout();
    expect(client.state.end?.reason).toBe('LOGOUT');
    expect(storage.items.size).toBe(0);
  });
});
