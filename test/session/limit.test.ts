import { openDomain } from '../harness/domain.js';
import { walletUnderTest } from '../harness/wallet-under-test.js';

const HOUR = 60 * 60_000;

describe('the session limit', () => {
  const under = walletUnderTest();
  const { wallet, create, isAlive } = under;

  it('ends the session that was unused for longest when a wallet opens its eleventh', async () => {
    const grants = [];
    for (let count = 0; count < 11; count += 1) {
      grants.push(await create());
      under.domain.clock.advance(1);
    }
    expect(await under.domain.sessions.list(wallet)).toHaveLength(10);
    expect(await isAlive(grants[0]?.accessToken ?? '')).toBe(false);
    expect(under.domain.audited).toContainEqual(
      expect.objectContaining({
        type: 'session.revoked',
        sessionId: grants[0]?.session.id,
        reason: 'LIMIT_EXCEEDED',
      }),
    );
  });

  it('refuses a new session at the limit when that is the policy', async () => {
    const strict = await openDomain({ sessions: { limit: 2, onLimit: 'refuse-new' } });
    await create(wallet, strict);
    await create(wallet, strict);
    await expect(create(wallet, strict)).rejects.toMatchObject({ code: 'SESSION_LIMIT_REACHED' });
    strict.clock.advance(2 * HOUR);
    await create(wallet, strict);
    await strict.close();
  });

  it('keeps a wallet at ten sessions when it signs in fifty times concurrently', async () => {
    await Promise.all(Array.from({ length: 50 }, () => create()));
    expect(await under.domain.sessions.list(wallet)).toHaveLength(10);
  });
});
