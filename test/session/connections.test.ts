import { setImmediate as nextTurn } from 'node:timers/promises';
import { WalletSessionsError } from '../../src/errors.js';
import type { Connection, Lapse } from '../../src/lifecycle/connect.js';
import { CONNECTION_CHECK_INTERVAL } from '../../src/lifecycle/connect.js';
import { DEFAULT_SESSION_POLICY, type SessionPolicy } from '../../src/sessions/policy.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GRACE = DEFAULT_SESSION_POLICY.refreshGrace;

describe('a connection opened with an access token', () => {
  let domain: TestDomain;
  let grant: SessionGrant;
  let lapses: Lapse[];
  let connection: Connection;

  async function open(sessions: Partial<SessionPolicy> = {}) {
    domain = await openDomain({ sessions });
    grant = await domain.sessions.create({ wallet: aWallet().account, chainId: 'eip155:1' }, {});
    lapses = [];
    connection = await connect(grant);
  }
  afterEach(async () => {
    connection.release();
    await domain.close();
  });

  async function connect({ session }: SessionGrant): Promise<Connection> {
    const opened = await domain.sessions.connect(session, (why) => lapses.push(why));
    if (opened === undefined) throw new Error('The session has ended.');
    return opened;
  }
  const refresh = ({ refreshToken }: SessionGrant) => domain.sessions.refresh(refreshToken, {});
  const isLetIn = async () => (await connection.validate({})) !== undefined;

  /** Advances the clock a second at a time, and lets the work that falls due finish each time. */
  async function pass(milliseconds: number) {
    for (let passed = 0; passed < milliseconds; passed += SECOND) {
      domain.clock.advance(SECOND);
      await nextTurn();
    }
  }

  it('lets a connection in within the grace period of a refresh, and refuses its next operation afterwards', async () => {
    await open();
    await refresh(grant);
    domain.clock.advance(GRACE - 1);
    expect(await isLetIn()).toBe(true);
    domain.clock.advance(1);
    expect(await isLetIn()).toBe(false);
    expect([lapses, connection.lapsed]).toEqual([['superseded'], true]);
  });

  it('closes an unused connection at the end of the grace period of a refresh', async () => {
    await open();
    await refresh(grant);
    await pass(GRACE - SECOND);
    expect(lapses).toEqual([]);
    await pass(SECOND);
    expect(lapses).toEqual(['superseded']);
  });

  it('gives a connection no more time when its session is refreshed again', async () => {
    await open();
    let latest = await refresh(grant);
    for (let passed = 0; passed < GRACE + CONNECTION_CHECK_INTERVAL; passed += 10 * SECOND) {
      await pass(10 * SECOND);
      latest = await refresh(latest);
    }
    expect(lapses).toEqual(['superseded']);
  });

  it('gives a connection five seconds to present the new token when the grace period is shorter', async () => {
    await open({ refreshGrace: 0 });
    await refresh(grant);
    domain.clock.advance(5 * SECOND - 1);
    expect(await isLetIn()).toBe(true);
    domain.clock.advance(1);
    expect(await isLetIn()).toBe(false);
  });

  it('keeps a connection open through any number of refreshes when it presents each new token', async () => {
    await open();
    let latest = grant;
    for (let count = 0; count < 20; count += 1) {
      latest = await refresh(latest);
      await pass(GRACE - SECOND);
      expect(await connection.present(latest.accessToken)).toBe('accepted');
      await pass(MINUTE);
      expect(await isLetIn()).toBe(true);
    }
    expect(lapses).toEqual([]);
  });

  it('neither closes a connection nor keeps it open when it presents a superseded or invalid token', async () => {
    await open();
    await refresh(grant);
    expect(await connection.present(grant.accessToken)).toBe('refused');
    expect(await connection.present('junk')).toBe('refused');
    expect(await connection.present(`${grant.accessToken.slice(0, -1)}~`)).toBe('refused');
    expect(await isLetIn()).toBe(true);
    domain.clock.advance(GRACE);
    expect(await isLetIn()).toBe(false);
  });

  it('reports a token of another session as foreign, even of the same wallet', async () => {
    await open();
    const { wallet } = grant.session;
    const other = await domain.sessions.create({ wallet, chainId: 'eip155:1' }, {});
    expect(await connection.present(other.accessToken)).toBe('foreign');
  });

  it('does not revive a lapsed connection that presents a token', async () => {
    await open();
    const { accessToken } = await refresh(grant);
    domain.clock.advance(GRACE);
    expect(await isLetIn()).toBe(false);
    expect(await connection.present(accessToken)).toBe('refused');
    expect(await isLetIn()).toBe(false);
  });

  it('treats a connection as superseded from the start when its session was refreshed while it was opened', async () => {
    await open();
    await refresh(grant);
    connection = await connect(grant);
    domain.clock.advance(GRACE);
    expect(await isLetIn()).toBe(false);
  });

  it('opens no connection for a session that has ended', async () => {
    await open();
    await domain.sessions.revoke({
      wallet: grant.session,
      sessionId: grant.session.id,
      reason: 'LOGOUT',
      source: {},
    });
    expect(await domain.sessions.connect(grant.session, () => {})).toBeUndefined();
  });

  describe('a signature given elsewhere', () => {
    const isFresh = async () => {
      const session = await connection.validate({});
      if (session === undefined) throw new Error('The connection is not let in.');
      return domain.sessions.isFresh(session);
    };
    beforeEach(async () => {
      await open();
      domain.clock.advance(10 * MINUTE);
      expect(await isFresh()).toBe(false);
    });

    it('does not count a signature given elsewhere for a connection, within the grace period or without a refresh', async () => {
      await domain.sessions.reauthenticate(grant.session, {});
      expect(await isFresh()).toBe(false);
      await refresh(grant);
      expect(await isFresh()).toBe(false);
      const current = await domain.sessions.resume(grant.session);
      expect(current && domain.sessions.isFresh(current)).toBe(true);
    });

    it('counts a signature given elsewhere once the connection has presented a valid token', async () => {
      await domain.sessions.reauthenticate(grant.session, {});
      const { accessToken } = await refresh(grant);
      expect(await connection.present(grant.accessToken)).toBe('refused');
      expect(await isFresh()).toBe(false);
      expect(await connection.present(accessToken)).toBe('accepted');
      expect(await isFresh()).toBe(true);
    });

    it('counts a signature at once when it was given over the connection itself', async () => {
      connection.reauthenticated(await domain.sessions.reauthenticate(grant.session, {}));
      expect(await isFresh()).toBe(true);
    });
  });

  it('reads nothing from the store for a connection while its session does not change', async () => {
    await open();
    const find = jest.spyOn(domain.store.sessions, 'find');
    await pass(10 * CONNECTION_CHECK_INTERVAL);
    expect(find).toHaveBeenCalledTimes(0);
    expect(domain.sessions.nearCache().hits).toBe(0);
  });

  it('closes a connection soon when its session is no longer in the store, even without a notification', async () => {
    await open();
    await domain.sessions.revoke({
      wallet: grant.session,
      sessionId: grant.session.id,
      reason: 'LOGOUT',
      source: {},
    });
    await pass(CONNECTION_CHECK_INTERVAL);
    expect(lapses).toEqual([]);
    await pass(CONNECTION_CHECK_INTERVAL);
    expect(lapses).toEqual(['ended']);
  });

  describe('an unavailable store', () => {
    const unavailable = () => {
      domain.store.invalidations.upToDate = () => false;
      jest
        .spyOn(domain.store.sessions, 'find')
        .mockImplementation(() => Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE')));
    };

    it('keeps a connection during an outage until its session would have expired, and reports the failure once', async () => {
      await open();
      unavailable();
      await pass(2 * HOUR - CONNECTION_CHECK_INTERVAL);
      expect(lapses).toEqual([]);
      await pass(2 * CONNECTION_CHECK_INTERVAL);
      expect(lapses).toEqual(['unchecked']);
      expect(domain.reported).toHaveLength(1);
    });

    it('closes a connection with a superseded token even during an outage', async () => {
      await open();
      await refresh(grant);
      expect(await isLetIn()).toBe(true);
      unavailable();
      await pass(GRACE);
      expect(lapses).toEqual(['superseded']);
    });
  });
});
