import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';

describe('the rotation of tokens', () => {
  const under = walletUnderTest();
  const { create, refresh, isAlive } = under;

  it('replaces both tokens: the old access token is refused at once', async () => {
    const first = await create();
    const second = await refresh(first.refreshToken);
    expect(second.session.id).toBe(first.session.id);
    expect(await isAlive(first.accessToken)).toBe(false);
    expect(await isAlive(second.accessToken)).toBe(true);
  });

  it('gives the same successors to a repetition within thirty seconds', async () => {
    const { refreshToken } = await create();
    const first = await refresh(refreshToken);
    under.domain.clock.advance(30_000 - 1);
    const again = await refresh(refreshToken);
    expect(again.accessToken).toBe(first.accessToken);
    expect(again.refreshToken).toBe(first.refreshToken);
    expect(await isAlive(first.accessToken)).toBe(true);
  });

  it('takes a repetition after thirty seconds for reuse, and ends the session', async () => {
    const { refreshToken } = await create();
    const { accessToken } = await refresh(refreshToken);
    under.domain.clock.advance(30_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(accessToken)).toBe(false);
  });

  it('takes a repetition after the successor was used for reuse, within the thirty seconds too', async () => {
    const { session, refreshToken } = await create();
    const second = await refresh(refreshToken);
    const third = await refresh(second.refreshToken);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(third.accessToken)).toBe(false);
    expect(under.domain.audited.slice(-2)).toMatchObject([
      { type: 'session.token-reused', sessionId: session.id, source: SOURCE },
      { type: 'session.revoked', sessionId: session.id, reason: 'TOKEN_REUSE' },
    ]);
  });

  it('recognises any token of the past as used, however old', async () => {
    const { refreshToken: oldest } = await create();
    let grant = await refresh(oldest);
    for (let count = 0; count < 10; count += 1) grant = await refresh(grant.refreshToken);
    await expect(refresh(oldest)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(grant.accessToken)).toBe(false);
  });

  it('derives different successors for different tokens, and none from the record alone', async () => {
    const [one, two] = [await create(), await create()];
    const [a, b] = [await refresh(one.refreshToken), await refresh(two.refreshToken)];
    expect(new Set([a.accessToken, b.accessToken, a.refreshToken, b.refreshToken]).size).toBe(4);
  });
});
