import { createClient, MessageType } from 'graphql-ws';
import { print } from 'graphql';
import { WebSocket } from 'ws';
import type { SessionPage } from '../../src/lifecycle/list.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import {
  AuditEventRecordedDocument,
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutDocument,
  ReauthenticateDocument,
  RefreshDocument,
  RevokeWalletSessionsDocument,
  SessionRevokedDocument,
  SessionsDocument,
  type AuditEventRecordedSubscription,
  type SessionRevokedSubscription,
} from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket, type TestSocket } from '../harness/socket.js';
import { EVERY_STORE, ownPrefix } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const GRACE = DEFAULT_SESSION_POLICY.refreshGrace;
const SUPERSEDED = {
  code: 4498,
  reason: 'The session was refreshed: connect with the new token',
};

async function refresh({ url }: TestService, { refreshToken }: { refreshToken: string }) {
  const answer = await apiClient(url).request(RefreshDocument, { refreshToken });
  return answer.refresh as TokenGrant;
}

/** A challenge, signed by the wallet, for `reauthenticate`. */
async function signed({ url }: TestService, wallet: TestWallet) {
  const { createSignInChallenge } = await apiClient(url).request(CreateSignInChallengeDocument, {
    account: wallet.account,
  });
  const message = createSignInChallenge.message ?? '';
  return { message, signature: await wallet.sign(message) };
}

async function codeOf(answer: Promise<unknown>): Promise<unknown> {
  const error: unknown = await answer.then(() => undefined).catch((caught: unknown) => caught);
  const [first] =
    (error as { errors?: { extensions: { code: string } }[] } | undefined)?.errors ?? [];
  return first?.extensions.code;
}

describe.each(EVERY_STORE)('a socket with a superseded token, on the %s store', (store) => {
  const owner = aWallet();
  let clock: FakeClock;
  /** The instances of the thief's socket and of the owner's requests: two if the store allows it. */
  let here: TestService;
  let there: TestService;
  let grant: TokenGrant;
  let stolen: TestSocket;

  beforeAll(async () => {
    clock = createFakeClock();
    const environment = {
      REDIS_KEY_PREFIX: ownPrefix(),
      ADMIN_WALLETS: owner.account,
      SIGN_IN_ORIGINS: 'http://localhost:4000',
    };
    here = await startTestService(store, environment, clock);
    there = store === 'Redis' ? await startTestService(store, environment, clock) : here;
  });
  beforeEach(async () => {
    grant = await signIn(there.url, owner);
    clock.advance(10 * MINUTE);
    stolen = openSocket(here.webSocketUrl, grant.accessToken);
    await stolen.opened;
  });
  afterEach(() => stolen.close());
  afterAll(() => Promise.all([here.stop(), there.stop()]));

  /** Refreshes as the owner does. Resolves when the instance with the socket has noticed it. */
  async function refreshed(before = grant): Promise<TokenGrant> {
    const after = await refresh(there, before);
    await eventually(async () => {
      const session = await here.services.sessions.validate(before.accessToken, {});
      expect(session).toBeUndefined();
    });
    return after;
  }

  it('closes a socket with a superseded token after the grace period instead of answering its next operation', async () => {
    await refreshed();
    expect((await stolen.request(CurrentSessionDocument, {})).session?.id).toBe(grant.session.id);
    clock.advance(GRACE);
    await expect(stolen.request(SessionsDocument, {})).rejects.toMatchObject(SUPERSEDED);
    expect(await stolen.closed).toEqual(SUPERSEDED);
  });

  it('closes a socket with a superseded token that only listens', async () => {
    const events = stolen.subscribe(SessionRevokedDocument, {});
    const over = expect(events.next()).rejects.toMatchObject(SUPERSEDED);
    await refreshed();
    let isClosed = false;
    void stolen.closed.then(() => (isClosed = true));
    // The checks of the socket wait for the store.
    await eventually(() => {
      if (isClosed) return Promise.resolve();
      clock.advance(1000);
      return Promise.reject(new Error('It is still open.'));
    });
    expect(await stolen.closed).toEqual(SUPERSEDED);
    await over;
  });

  it('denies a socket with a superseded token the operations that need a signature given elsewhere', async () => {
    const { wallet } = grant.session;
    const administrate = () => stolen.request(RevokeWalletSessionsDocument, { wallet });
    expect(await codeOf(administrate())).toBe('REAUTHENTICATION_REQUIRED');

    const asOwner = apiClient(there.url, grant.accessToken);
    await asOwner.request(ReauthenticateDocument, await signed(there, owner));
    expect(await codeOf(administrate())).toBe('REAUTHENTICATION_REQUIRED');
    const { accessToken } = await refreshed();
    expect(await codeOf(administrate())).toBe('REAUTHENTICATION_REQUIRED');

    const other = aWallet().account;
    const { revokeWalletSessions } = await apiClient(there.url, accessToken).request(
      RevokeWalletSessionsDocument,
      { wallet: other },
    );
    expect(revokeWalletSessions).toBeDefined();
  });

  it('allows a socket the operations that need a fresh signature after a signature over the socket itself', async () => {
    await stolen.request(ReauthenticateDocument, await signed(there, owner));
    const answer = stolen.request(RevokeWalletSessionsDocument, { wallet: aWallet().account });
    expect(await codeOf(answer)).toBeUndefined();
  });

  it('keeps a socket open that presents each new token, and counts the signatures given so far for it', async () => {
    await apiClient(there.url, grant.accessToken).request(
      ReauthenticateDocument,
      await signed(there, owner),
    );
    const latest = await refreshed(await refreshed());
    expect(await stolen.present(grant.accessToken)).toBe(false);
    expect(await stolen.present(latest.accessToken)).toBe(true);
    clock.advance(GRACE);
    const answer = stolen.request(RevokeWalletSessionsDocument, { wallet: aWallet().account });
    expect(await codeOf(answer)).toBeUndefined();
  });

  describe('that follows the audit log', () => {
    const other = aWallet();
    let fresh: TokenGrant;
    let follower: TestSocket;
    let next: Promise<IteratorResult<AuditEventRecordedSubscription>>;
    // Most of the time passes in which the signature of the sign-in is fresh.
    beforeEach(async () => {
      fresh = await signIn(there.url, owner);
      await there.services.auditLog.flush();
      follower = openSocket(here.webSocketUrl, fresh.accessToken);
      const lines = here.log.length;
      const types = ['SESSION_CREATED' as const];
      next = follower.subscribe(AuditEventRecordedDocument, { types }).next();
      await eventually(() => {
        expect(here.log.slice(lines).join()).toContain('READ_AUDIT_EVENTS');
        return Promise.resolve();
      });
      clock.advance(4 * MINUTE);
    });
    afterEach(() => follower.close());

    /** What the follower hears of a sign-in after that time. */
    async function heardLater() {
      clock.advance(2 * MINUTE);
      const checks = jest.spyOn(here.services.sessions, 'isFresh');
      await eventually(() => {
        clock.advance(1000);
        expect(checks).toHaveBeenCalled();
        return Promise.resolve();
      });
      checks.mockRestore();
      await signIn(there.url, other);
      await there.services.auditLog.flush();
      let heard: IteratorResult<AuditEventRecordedSubscription> | undefined;
      void next.then((result) => (heard = result));
      await eventually(() => {
        clock.advance(1000);
        expect(heard).toBeDefined();
        return Promise.resolve();
      });
      return heard;
    }
    const over = { done: true, value: undefined };
    const goesOn = { value: { auditEventRecorded: { wallet: other.account } } };
    const reauthenticateOverHttp = async () =>
      apiClient(there.url, fresh.accessToken).request(
        ReauthenticateDocument,
        await signed(there, owner),
      );

    it('hears nothing more when its signature is no longer fresh, although the owner has signed elsewhere', async () => {
      await reauthenticateOverHttp();
      expect(await heardLater()).toEqual(over);
    });

    it('hears more after a signature over the socket itself', async () => {
      await follower.request(ReauthenticateDocument, await signed(there, owner));
      expect(await heardLater()).toMatchObject(goesOn);
    });

    it('hears more when it has presented a token after a signature elsewhere', async () => {
      await reauthenticateOverHttp();
      const { accessToken } = await refresh(there, fresh);
      expect(await follower.present(accessToken)).toBe(true);
      expect(await heardLater()).toMatchObject(goesOn);
    });
  });

  it('closes a socket that presents the token of another session with 4403', async () => {
    const another = await signIn(there.url, owner);
    void stolen.present(another.accessToken);
    expect((await stolen.closed).code).toBe(4403);
  });

  it('sends pending answers before it closes a socket with a superseded token', async () => {
    await refreshed();
    let answer: (page: SessionPage) => void = () => {};
    const asked = new Promise<void>((resolve) => {
      jest.spyOn(here.services.sessions, 'listGovernedPage').mockImplementationOnce(() => {
        resolve();
        return new Promise((answered) => (answer = answered));
      });
    });
    const slow = stolen.request(SessionsDocument, {});
    await asked;
    clock.advance(GRACE);
    const refused = stolen.request(CurrentSessionDocument, {});
    answer({ sessions: [], total: 7, hasPrevious: false, hasMore: false, end: undefined });
    expect((await slow).sessions.totalCount).toBe(7);
    await expect(refused).rejects.toMatchObject(SUPERSEDED);
  });
});

describe('a graphql-ws client', () => {
  it('lets a graphql-ws client reconnect after each refresh and receive every event once, in order', async () => {
    const clock = createFakeClock();
    const service = await startTestService('embedded', { SESSION_LIMIT: '0' }, clock);
    const wallet = aWallet();
    let grant = await signIn(service.url, wallet);
    const told: string[] = [];
    let notify = () => {};
    let connections = 0;
    const client = createClient({
      url: service.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${grant.accessToken}` }),
      retryWait: () => Promise.resolve(),
      on: { connected: () => (connections += 1) },
    });
    const variables = { after: '0-0' };
    const failed = jest.fn();
    client.subscribe<SessionRevokedSubscription>(
      { query: print(SessionRevokedDocument), variables },
      {
        next({ data }) {
          if (!data) return;
          variables.after = data.sessionRevoked.cursor;
          told.push(data.sessionRevoked.sessionId);
          notify();
        },
        error: failed,
        complete: () => {},
      },
    );

    const ended: string[] = [];
    const endOne = async () => {
      const { session, accessToken } = await signIn(service.url, wallet);
      await apiClient(service.url, accessToken).request(LogoutDocument, {});
      ended.push(session.id);
    };
    const heardAll = async () => {
      while (told.length < ended.length) await new Promise<void>((resolve) => (notify = resolve));
    };
    for (let count = 1; count <= 5; count += 1) {
      await endOne();
      await heardAll();
      grant = await refresh(service, grant);
      await endOne();
      const before = connections;
      await eventually(() => {
        clock.advance(1000);
        return connections > before ? Promise.resolve() : Promise.reject(new Error('Still open.'));
      });
      await endOne();
    }
    await heardAll();
    expect(told).toEqual(ended);
    expect(connections).toBe(6);
    expect(failed).toHaveBeenCalledTimes(0);
    await client.dispose();
    await service.stop();
  });
});

describe('pings over WebSocket', () => {
  const ping = (payload?: object) => ({ type: MessageType.Ping, payload });
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  async function openAs(accessToken?: string) {
    const socket = await openRawSocket(service.webSocketUrl);
    const payload = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
    socket.send({ type: MessageType.ConnectionInit, payload });
    await socket.next();
    return socket;
  }

  it('answers a ping with its payload when that contains no authorization', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = await openAs(accessToken);
    for (const payload of [undefined, {}, { authorization: 7 }, { token: 'x' }]) {
      socket.send(ping(payload));
      expect(await socket.next()).toEqual({
        type: MessageType.Pong,
        ...(payload && { payload }),
      });
    }
    socket.socket.close();
    await socket.closed;
  });

  it('answers a ping with a token only with whether it was accepted', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = await openAs(accessToken);
    for (const [authorization, accepted] of [
      [`Bearer ${accessToken}`, true],
      ['Bearer junk', false],
      ['Basic eDp5', false],
    ] as const) {
      socket.send(ping({ authorization }));
      expect(await socket.next()).toEqual({ type: MessageType.Pong, payload: { accepted } });
    }
    socket.socket.close();
    await socket.closed;
  });

  it('does not add a session to a socket that was opened without one when a ping has a token', async () => {
    const { accessToken } = await signIn(service.url);
    const socket = await openAs();
    socket.send(ping({ authorization: `Bearer ${accessToken}` }));
    expect(await socket.next()).toMatchObject({ payload: { accepted: false } });
    const payload = { query: '{ session { id } }' };
    socket.send({ id: '1', type: MessageType.Subscribe, payload });
    expect(await socket.next()).toMatchObject({ payload: { data: { session: null } } });
    socket.socket.close();
    await socket.closed;
  });
});
