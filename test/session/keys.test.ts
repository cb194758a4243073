import { aKey } from '../harness/domain.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';

describe('session keys', () => {
  const under = walletUnderTest();
  const { create } = under;

  it('keeps sessions valid after a key rotation while the old key is in the ring', async () => {
    const grant = await create();
    const rotated = under.domain.withKeys([aKey('second'), aKey('first')]);
    expect(await rotated.sessions.authenticate(grant.accessToken)).toMatchObject({
      id: grant.session.id,
    });
    const refreshed = await rotated.sessions.refresh(grant.refreshToken, SOURCE);
    expect(await rotated.sessions.authenticate(refreshed.accessToken)).toBeDefined();
  });

  it('returns the same tokens for a repeated refresh on servers that have rotated the keys and servers that have not', async () => {
    const { refreshToken } = await create();
    const before = under.domain.withKeys([aKey('first'), aKey('second')]);
    const after = under.domain.withKeys([aKey('second'), aKey('first')]);
    const [one, two] = await Promise.all([
      before.sessions.refresh(refreshToken, SOURCE),
      after.sessions.refresh(refreshToken, SOURCE),
    ]);
    expect(two.refreshToken).toBe(one.refreshToken);
    expect(two.accessToken).toBe(one.accessToken);
  });

  it('refuses tokens and refreshes of a session whose key was removed', async () => {
    const { accessToken, refreshToken } = await create();
    const others = under.domain.withKeys([aKey('second')]);
    expect(await others.sessions.authenticate(accessToken)).toBeUndefined();
    await expect(others.sessions.refresh(refreshToken, SOURCE)).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
  });
});
