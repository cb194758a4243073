import {
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SessionsDocument,
  type SessionRevokedSubscription,
} from '../generated/graphql.js';
import { WalletSessionsError } from '../../src/errors.js';
import { apiClient, signIn } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

type Events = AsyncIterableIterator<SessionRevokedSubscription>;

async function nextOf(events: Events): Promise<SessionRevokedSubscription['sessionRevoked']> {
  const next = await events.next();
  if (next.done === true) throw new Error('The subscription ended.');
  return next.value.sessionRevoked;
}

describe.each(EVERY_DEPLOYMENT)('revocations over WebSocket on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store, { SESSION_LIMIT: '3' });
  });
  afterAll(() => service.stop());

  const as = (accessToken?: string | null) => apiClient(service.url, accessToken);

  it('notifies a socket of the end of another session of the wallet', async () => {
    const wallet = aWallet();
    const [here, there] = [await signIn(service.url, wallet), await signIn(service.url, wallet)];
    const socket = openSocket(service.webSocketUrl, here.accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    await as(there.accessToken).request(LogoutDocument, {});

    const event = await nextOf(events);
    expect(event).toMatchObject({ sessionId: there.session.id, reason: 'LOGOUT' });
    expect(Math.abs(Date.parse(event.revokedAt) - Date.now())).toBeLessThan(60_000);
    await socket.close();
  });

  it('notifies a socket of the end of its own session and then closes it with 4403', async () => {
    const wallet = aWallet();
    const { session, accessToken } = await signIn(service.url, wallet);
    const socket = openSocket(service.webSocketUrl, accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    // The end of another session shows that the subscription is active.
    const another = await signIn(service.url, wallet);
    await as(another.accessToken).request(LogoutDocument, {});
    await nextOf(events);

    await as(accessToken).request(LogoutAllDocument, {});
    expect(await nextOf(events)).toMatchObject({ sessionId: session.id, reason: 'LOGOUT_ALL' });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Session ended: LOGOUT_ALL' });
  });

  it('closes the socket of an ended session even without a subscription', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, accessToken);
    await socket.opened;
    await as(accessToken).request(LogoutDocument, {});
    expect((await socket.closed).code).toBe(4403);
  });

  it('answers a logout over a socket before it closes the socket', async () => {
    const { session, accessToken } = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, accessToken);
    const { logout } = await socket.request(LogoutDocument, {});
    expect(logout.sessionId).toBe(session.id);
    expect((await socket.closed).code).toBe(4403);
  });

  it('keeps a socket open within the grace period of a refresh, and afterwards when it presents the new token', async () => {
    const { session, accessToken, refreshToken } = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, accessToken);
    await socket.opened;
    const { refresh } = await as().request(RefreshDocument, { refreshToken });
    const { refresh: last } = await as().request(RefreshDocument, {
      refreshToken: refresh.refreshToken,
    });

    const seen = await socket.request(CurrentSessionDocument, {});
    expect(seen.session?.id).toBe(session.id);
    expect(await socket.present(last.accessToken ?? '')).toBe(true);
    expect((await socket.request(SessionsDocument, {})).sessions.totalCount).toBe(1);
    await socket.close();
  });

  it('delivers every later revocation once and in order to a subscription that resumes after a cursor', async () => {
    const wallet = aWallet();
    const here = await signIn(service.url, wallet);
    const ended: string[] = [];
    const endAnother = async () => {
      const { session, accessToken } = await signIn(service.url, wallet);
      await as(accessToken).request(LogoutDocument, {});
      ended.push(session.id);
    };
    await endAnother();
    await endAnother();

    const before = openSocket(service.webSocketUrl, here.accessToken);
    const { cursor, sessionId } = await nextOf(
      before.subscribe(SessionRevokedDocument, { after: '0-0' }),
    );
    expect(sessionId).toBe(ended[0]);
    await before.close();
    await endAnother();

    const after = openSocket(service.webSocketUrl, here.accessToken);
    const events = after.subscribe(SessionRevokedDocument, { after: cursor });
    expect((await nextOf(events)).sessionId).toBe(ended[1]);
    expect((await nextOf(events)).sessionId).toBe(ended[2]);
    await endAnother();
    expect((await nextOf(events)).sessionId).toBe(ended[3]);
    await after.close();
  });

  it('notifies a socket of sessions that ended with LIMIT_EXCEEDED and TOKEN_REUSE', async () => {
    const wallet = aWallet();
    const oldest = await signIn(service.url, wallet);
    const listener = await signIn(service.url, wallet);
    const socket = openSocket(service.webSocketUrl, listener.accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    const third = await signIn(service.url, wallet);
    await signIn(service.url, wallet);
    expect(await nextOf(events)).toMatchObject({
      sessionId: oldest.session.id,
      reason: 'LIMIT_EXCEEDED',
    });

    const { refreshToken } = third;
    const { refresh } = await as().request(RefreshDocument, { refreshToken });
    await as().request(RefreshDocument, { refreshToken: refresh.refreshToken });
    await as()
      .request(RefreshDocument, { refreshToken })
      .catch(() => undefined);
    expect(await nextOf(events)).toMatchObject({
      sessionId: third.session.id,
      reason: 'TOKEN_REUSE',
    });
    await socket.close();
  });

  it('does not notify a socket of revocations of other wallets', async () => {
    const wallet = aWallet();
    const [here, there] = [await signIn(service.url, wallet), await signIn(service.url, wallet)];
    const stranger = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, here.accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    await as(stranger.accessToken).request(LogoutDocument, {});
    await as(there.accessToken).request(LogoutDocument, {});
    expect((await nextOf(events)).sessionId).toBe(there.session.id);
    await socket.close();
  });
});

describe.each(EVERY_DEPLOYMENT)('an expiring session on the %s store', (store) => {
  it('notifies the own and other sockets of an expired session with EXPIRED, and closes the own one', async () => {
    const clock = createFakeClock();
    const service = await startTestService(store, {}, clock);
    const client = apiClient(service.url);
    const wallet = aWallet();
    const expiring = await signIn(service.url, wallet);
    const staying = await signIn(service.url, wallet);
    const own = openSocket(service.webSocketUrl, expiring.accessToken);
    const other = openSocket(service.webSocketUrl, staying.accessToken);
    const ownEvents = own.subscribe(SessionRevokedDocument, { after: '0-0' });
    const otherEvents = other.subscribe(SessionRevokedDocument, { after: '0-0' });
    const another = await signIn(service.url, wallet);
    await apiClient(service.url, another.accessToken).request(LogoutDocument, {});
    await Promise.all([nextOf(ownEvents), nextOf(otherEvents)]);

    clock.advance(HOUR);
    const { refresh } = await client.request(RefreshDocument, {
      refreshToken: staying.refreshToken,
    });
    expect(await other.present(refresh.accessToken ?? '')).toBe(true);
    clock.advance(HOUR);

    const expired = { sessionId: expiring.session.id, reason: 'EXPIRED' };
    expect(await nextOf(ownEvents)).toMatchObject(expired);
    expect(await nextOf(otherEvents)).toMatchObject(expired);
    expect(await own.closed).toEqual({ code: 4403, reason: 'Session ended: EXPIRED' });
    expect((await other.request(CurrentSessionDocument, {})).session).not.toBeNull();
    await other.close();
    await service.stop();
  });
});

describe('a subscription during an outage of the store', () => {
  it('refuses a subscription whose session cannot be checked, and stops watching', async () => {
    const service = await startTestService('embedded');
    const { accessToken } = await signIn(service.url);
    const socket = openSocket(service.webSocketUrl, accessToken);
    await socket.opened;
    const { sessions } = service.services;
    const stop = jest.fn();
    jest.spyOn(sessions, 'watch').mockResolvedValueOnce({ stop });
    jest
      .spyOn(sessions, 'resume')
      .mockRejectedValueOnce(new WalletSessionsError('SERVICE_UNAVAILABLE'));
    await expect(nextOf(socket.subscribe(SessionRevokedDocument, {}))).rejects.toMatchObject({
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    expect(stop).toHaveBeenCalledTimes(1);
    await socket.close();
    await service.stop();
  });
});
