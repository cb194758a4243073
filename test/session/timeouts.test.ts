import { openDomain } from '../harness/domain.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the timeouts of a session', () => {
  const under = walletUnderTest();
  const { wallet, create, refresh, isAlive } = under;

  it('ends a session two hours after sign-in without a refresh', async () => {
    const { accessToken, refreshToken } = await create();
    under.domain.clock.advance(2 * HOUR - 1);
    expect(await isAlive(accessToken)).toBe(true);
    under.domain.clock.advance(1);
    expect(await isAlive(accessToken)).toBe(false);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await under.domain.sessions.list(wallet)).toEqual([]);
  });

  it('opens the refresh window of a session thirty minutes before its end', async () => {
    const { session } = await create();
    expect(session.expiresAt - session.refreshFrom).toBe(30 * MINUTE);
  });

  it('extends a session by two hours from each refresh', async () => {
    let grant = await create();
    for (let count = 0; count < 5; count += 1) {
      under.domain.clock.advance(2 * HOUR - 1);
      grant = await refresh(grant.refreshToken);
      expect(grant.session.expiresAt).toBe(under.domain.clock.now() + 2 * HOUR);
    }
    expect(await isAlive(grant.accessToken)).toBe(true);
  });

  it('ends a session after thirty days however often it is refreshed', async () => {
    let grant = await create();
    const end = under.domain.clock.now() + 30 * DAY;
    while (under.domain.clock.now() + HOUR < end) {
      under.domain.clock.advance(HOUR);
      grant = await refresh(grant.refreshToken);
    }
    expect(grant.session.expiresAt).toBe(end);
    expect(grant.session.refreshFrom).toBeLessThan(end);
    under.domain.clock.advance(HOUR);
    expect(await isAlive(grant.accessToken)).toBe(false);
    await expect(refresh(grant.refreshToken)).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
  });

  it('uses the session timeouts of the policy', async () => {
    const short = await openDomain({
      sessions: { timeout: 10 * MINUTE, refreshWindow: 2 * MINUTE, absoluteTimeout: 15 * MINUTE },
    });
    const { session, refreshToken } = await create(wallet, short);
    expect(session.expiresAt - session.createdAt).toBe(10 * MINUTE);
    expect(session.expiresAt - session.refreshFrom).toBe(2 * MINUTE);
    short.clock.advance(9 * MINUTE);
    const refreshed = await short.sessions.refresh(refreshToken, SOURCE);
    expect(refreshed.session.expiresAt - session.createdAt).toBe(15 * MINUTE);
    await short.close();
  });
});
