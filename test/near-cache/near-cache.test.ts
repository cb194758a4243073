import type { Session, SessionGrant } from '../../src/sessions/session.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { startInstance, type Instance } from '../harness/instance.js';
import { openTestStore, type TestStore } from '../harness/open-store.js';
import { reliable } from '../harness/reliable.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const SOURCE = { ipAddress: '203.0.113.7' };
const MINUTE = 60_000;

describe.each(EVERY_STORE)('the near-cache on the %s store', (name) => {
  let clock: FakeClock;
  let opened: TestStore;
  let here: Instance;

  beforeEach(async () => {
    clock = createFakeClock();
    opened = await openTestStore(name, clock);
    here = startInstance(opened.store, clock);
    await reliable(opened.store);
  });
  afterEach(() => opened.close());

  const { account: wallet } = aWallet();
  const create = (at: Instance = here): Promise<SessionGrant> =>
    at.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
  const validate = async (token: string | Session, at: Instance = here) =>
    at.sessions.validate(token, SOURCE);

  it('reads a session from the store once and then returns it synchronously from the near-cache', async () => {
    const { session, accessToken } = await create();
    expect(await validate(accessToken)).toEqual(session);
    for (let count = 0; count < 10; count += 1) {
      expect(here.sessions.validate(accessToken, SOURCE)).toEqual(session);
    }
    expect(here.reads()).toBe(1);
    expect(here.sessions.nearCache()).toMatchObject({ hits: 10, misses: 1, size: 1 });
  });

  it('counts a miss of the near-cache only when the store was asked', async () => {
    const { accessToken } = await create();
    for (const token of ['junk', accessToken, accessToken, 'junk']) await validate(token);
    expect(here.sessions.nearCache()).toMatchObject({ hits: 1, misses: 1 });
    const [ask, without] = [accessToken, startInstance(opened.store, clock, { nearCacheSize: 0 })];
    for (let count = 0; count < 3; count += 1) await validate(ask, without);
    expect(without.sessions.nearCache()).toMatchObject({ hits: 0, misses: 3 });
  });

  it('validates the cached session of a socket without its token, and refuses it with another wallet', async () => {
    const { session, accessToken } = await create();
    await validate(accessToken);
    expect(here.sessions.validate(session, SOURCE)).toEqual(session);
    expect(await validate({ ...session, wallet: aWallet().account })).toBeUndefined();
  });

  it('accepts only the exact access token of a cached session', async () => {
    const { accessToken } = await create();
    await validate(accessToken);
    for (let position = 0; position < accessToken.length; position += 1) {
      const other = accessToken[position] === 'A' ? 'B' : 'A';
      const changed = accessToken.slice(0, position) + other + accessToken.slice(position + 1);
      expect(await validate(changed)).toBeUndefined();
    }
    expect(await validate(`${accessToken}A`)).toBeUndefined();
  });

  it('refuses a wrong access token for a session that was cached for a socket', async () => {
    const { session, accessToken } = await create();
    await validate(session);
    expect(await validate(`${accessToken.slice(0, -1)}~`)).toBeUndefined();
    expect(await validate(accessToken)).toEqual(session);
  });

  it('refuses a cached session after its timeout without an invalidation', async () => {
    const { accessToken } = await create();
    await validate(accessToken);
    clock.advance(120 * MINUTE);
    expect(await validate(accessToken)).toBeUndefined();
  });

  it.each<[string, (grant: SessionGrant) => Promise<unknown>]>([
    [
      'logged out',
      ({ session }) =>
        here.sessions.revoke({ wallet, sessionId: session.id, reason: 'LOGOUT', source: SOURCE }),
    ],
    [
      'logged out by logoutAll',
      () => here.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: SOURCE }),
    ],
    ['refreshed', ({ refreshToken }) => here.sessions.refresh(refreshToken, SOURCE)],
    [
      'ended by the session limit',
      async () => {
        for (let count = 0; count < 10; count += 1) {
          clock.advance(1);
          await create();
        }
      },
    ],
  ])('refuses a cached session that was %s on the same instance', async (_how, end) => {
    const grant = await create();
    await validate(grant.accessToken);
    await end(grant);
    expect(await validate(grant.accessToken)).toBeUndefined();
  });

  it('reads a cached session again after its last-seen time changed', async () => {
    const { session, accessToken } = await create();
    await validate(accessToken);
    clock.advance(MINUTE);
    await validate(accessToken);
    await here.sessions.lastSeen.flush();
    expect(await validate(accessToken)).toMatchObject({ lastSeenAt: session.lastSeenAt + MINUTE });
  });

  it('does not cache a session that ended while it was being read', async () => {
    const { session, accessToken } = await create();
    const read = here.holdReads();
    const underWay = here.sessions.validate(accessToken, SOURCE);
    const release = await read;
    await here.sessions.revoke({ wallet, sessionId: session.id, reason: 'LOGOUT', source: SOURCE });
    release();
    // The record was read before the session ended.
    expect(await underWay).toEqual(session);
    expect(here.sessions.nearCache()).toMatchObject({ size: 0 });
    expect(await validate(accessToken)).toBeUndefined();
  });

  it('caches at most the configured number of sessions and evicts the least recently used', async () => {
    const small = startInstance(opened.store, clock, { nearCacheSize: 2 });
    const grants = [await create(), await create(), await create()];
    for (const { accessToken } of grants) await validate(accessToken, small);
    expect(small.sessions.nearCache()).toMatchObject({ size: 2 });
    expect(await validate(grants[2]?.accessToken ?? '', small)).toEqual(grants[2]?.session);
    expect(small.reads()).toBe(3);
    expect(await validate(grants[0]?.accessToken ?? '', small)).toEqual(grants[0]?.session);
    expect(small.reads()).toBe(4);
  });

  it('caches no session when the size of the near-cache is 0', async () => {
    const none = startInstance(opened.store, clock, { nearCacheSize: 0 });
    const { session, accessToken } = await create();
    for (let count = 0; count < 3; count += 1) {
      expect(await validate(accessToken, none)).toEqual(session);
    }
    expect(none.reads()).toBe(3);
  });
});
