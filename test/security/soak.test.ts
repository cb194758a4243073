import { NO_LIMITS, startTestService, type TestService } from '../harness/service.js';
import { CurrentSessionDocument, SessionRevokedDocument } from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { growthPerRound } from '../harness/heap.js';
import { openSocket } from '../harness/socket.js';
import { EVERY_STORE } from '../harness/stores.js';
import { anAccount } from '../harness/wallet.js';

const CYCLES = 100;
/** The approximate number of bytes that the garbage collector leaves. A socket in memory would take more. */
const NOISE_PER_CYCLE = 10_000;

describe.each(EVERY_STORE)('memory on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store, {
      ...NO_LIMITS,
      RATE_LIMIT_REFRESH_PER_IP: '1000000/1s',
      RATE_LIMIT_REFRESH_PER_SESSION: '100/1s',
      LOG_LEVEL: 'silent',
    });
  });
  afterAll(() => service.stop());

  /** The life of one session, with everything that might keep it in memory: limits, socket, watch, timers. */
  async function cycle(): Promise<void> {
    const { sessions } = service.services;
    const wallet = anAccount();
    const source = { ipAddress: '198.51.100.1' };
    const { session, refreshToken } = await sessions.create(
      { wallet, chainId: 'eip155:1' },
      source,
    );
    const { accessToken } = await sessions.refresh(refreshToken, source);
    await apiClient(service.url, accessToken).request(CurrentSessionDocument);
    const socket = openSocket(service.webSocketUrl, accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    await socket.request(CurrentSessionDocument, {});
    await sessions.revoke({ wallet, sessionId: session.id, reason: 'LOGOUT', source });
    // The end of the session, or of the socket if the subscription was not active yet.
    await events.next().catch(() => undefined);
    await socket.closed;
    await fetch(service.url, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    await apiClient(service.url, `wsa_${'A'.repeat(83)}`).request(CurrentSessionDocument);
  }

  async function round(): Promise<void> {
    for (let count = 0; count < CYCLES; count += 1) await cycle();
    (service.log as string[]).length = 0;
  }

  it('keeps no memory of sessions that have ended', async () => {
    // Caches and compiled code, which are created once, exist after the first round.
    await round();
    const bound = CYCLES * NOISE_PER_CYCLE;
    expect(await growthPerRound(bound, round)).toBeLessThan(bound);
  }, 300_000);
});
