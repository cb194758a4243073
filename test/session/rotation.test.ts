import { aKey } from '../harness/domain.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';

const HOUR = 3_600_000;

describe('token rotation', () => {
  const under = walletUnderTest();
  const { create, refresh, isAlive } = under;

  it('replaces both tokens in a refresh and refuses the old access token at once', async () => {
    const first = await create();
    const second = await refresh(first.refreshToken);
    expect(second.session.id).toBe(first.session.id);
    expect(await isAlive(first.accessToken)).toBe(false);
    expect(await isAlive(second.accessToken)).toBe(true);
  });

  it('returns the same tokens when a refresh is repeated within thirty seconds', async () => {
    const { refreshToken } = await create();
    const first = await refresh(refreshToken);
    under.domain.clock.advance(30_000 - 1);
    const again = await refresh(refreshToken);
    expect(again.accessToken).toBe(first.accessToken);
    expect(again.refreshToken).toBe(first.refreshToken);
    expect(await isAlive(first.accessToken)).toBe(true);
  });

  it('ends the session when a refresh is repeated after thirty seconds and the new tokens were used', async () => {
    const { refreshToken } = await create();
    const { accessToken } = await refresh(refreshToken);
    expect(await isAlive(accessToken)).toBe(true);
    under.domain.clock.advance(30_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(accessToken)).toBe(false);
  });

  it('ends the session when a refresh is repeated after the new refresh token was used, even within thirty seconds', async () => {
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

  it('replaces tokens that were never used, however often and late a refresh is repeated', async () => {
    const { session, refreshToken } = await create();
    const lost = [await refresh(refreshToken)];
    for (const pause of [30_000, HOUR, 30_000]) {
      under.domain.clock.advance(pause);
      lost.push(await refresh(refreshToken));
    }
    expect(new Set(lost.map((grant) => grant.refreshToken)).size).toBe(4);
    const arrived = lost.at(-1);
    expect(arrived?.session.id).toBe(session.id);
    expect(arrived?.session.expiresAt).toBe(under.domain.clock.now() + 2 * HOUR);
    for (const { accessToken } of lost.slice(0, -1)) expect(await isAlive(accessToken)).toBe(false);
    expect(await isAlive(arrived?.accessToken ?? '')).toBe(true);
    const { refreshToken: next } = await refresh(arrived?.refreshToken ?? '');
    expect(await isAlive((await refresh(next)).accessToken)).toBe(true);
  });

  it('returns the latest tokens for both refresh tokens that they replace for thirty seconds', async () => {
    const { refreshToken } = await create();
    const replaced = await refresh(refreshToken);
    under.domain.clock.advance(30_000);
    const { accessToken, refreshToken: current } = await refresh(refreshToken);
    expect(await isAlive(accessToken)).toBe(true);
    under.domain.clock.advance(30_000 - 1);
    for (const token of [refreshToken, replaced.refreshToken]) {
      expect((await refresh(token)).refreshToken).toBe(current);
    }
    expect(await isAlive(accessToken)).toBe(true);
  });

  it('denies a thief any use of a pair of tokens that the owner has replaced before it was used', async () => {
    const { refreshToken } = await create();
    const thief = await refresh(refreshToken);
    under.domain.clock.advance(30_000);
    const owner = await refresh(refreshToken);
    expect(owner.refreshToken).not.toBe(thief.refreshToken);
    expect(await isAlive(thief.accessToken)).toBe(false);
    expect(await isAlive(owner.accessToken)).toBe(true);
    under.domain.clock.advance(30_000);
    await expect(refresh(thief.refreshToken)).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
    expect(await isAlive(owner.accessToken)).toBe(false);
  });

  it('ends the session when the owner refreshes with tokens that a thief has replaced', async () => {
    const { refreshToken } = await create();
    const owner = await refresh(refreshToken);
    under.domain.clock.advance(30_000);
    const thief = await refresh(refreshToken);
    expect(await isAlive(thief.accessToken)).toBe(true);
    expect(await isAlive(owner.accessToken)).toBe(false);
    under.domain.clock.advance(30_000);
    await expect(refresh(owner.refreshToken)).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
    expect(await isAlive(thief.accessToken)).toBe(false);
  });

  it('treats the refresh with a new token as its use', async () => {
    const { refreshToken } = await create();
    const second = await refresh(refreshToken);
    const third = await refresh(second.refreshToken);
    under.domain.clock.advance(HOUR);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(third.accessToken)).toBe(false);
  });

  it('replaces an unused pair of tokens after a key rotation', async () => {
    const { refreshToken } = await create();
    const replaced = await refresh(refreshToken);
    under.domain.clock.advance(30_000);
    const { sessions } = under.domain.withKeys([aKey('second'), aKey('first')]);
    const current = await sessions.refresh(refreshToken, {});
    for (const token of [refreshToken, replaced.refreshToken]) {
      expect((await sessions.refresh(token, {})).refreshToken).toBe(current.refreshToken);
    }
    expect(await sessions.authenticate(current.accessToken)).toBeDefined();
  });

  it('recognises any earlier refresh token as used, however old', async () => {
    const { refreshToken: oldest } = await create();
    let grant = await refresh(oldest);
    for (let count = 0; count < 10; count += 1) grant = await refresh(grant.refreshToken);
    await expect(refresh(oldest)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    expect(await isAlive(grant.accessToken)).toBe(false);
  });

  it('derives different tokens for different refresh tokens', async () => {
    const [one, two] = [await create(), await create()];
    const [a, b] = [await refresh(one.refreshToken), await refresh(two.refreshToken)];
    expect(new Set([a.accessToken, b.accessToken, a.refreshToken, b.refreshToken]).size).toBe(4);
  });
});
