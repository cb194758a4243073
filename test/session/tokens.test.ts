import { parseAccessToken } from '../../src/sessions/token.js';
import { walletUnderTest } from '../harness/wallet-under-test.js';

describe('tokens', () => {
  const under = walletUnderTest();
  const { wallet, create, refresh, isAlive } = under;

  it('refuses a token with any character changed', async () => {
    const { accessToken, refreshToken } = await create();
    const other = await create();
    const changedAt = (token: string, position: number) =>
      token.slice(0, position) + (token[position] === 'A' ? 'B' : 'A') + token.slice(position + 1);
    for (let position = 0; position < accessToken.length; position += 1) {
      expect(await isAlive(changedAt(accessToken, position))).toBe(false);
    }
    for (let position = 0; position < refreshToken.length; position += 1) {
      await expect(refresh(changedAt(refreshToken, position))).rejects.toMatchObject({
        code: 'REFRESH_TOKEN_INVALID',
      });
    }
    // The secret of one session with the names of another.
    expect(await isAlive(other.accessToken.slice(0, 44) + accessToken.slice(44))).toBe(false);
    expect(await isAlive(accessToken)).toBe(true);
    await refresh(refreshToken);
  });

  it('accepts neither a refresh token as an access token nor an access token for a refresh', async () => {
    const { accessToken, refreshToken } = await create();
    expect(await isAlive(refreshToken)).toBe(false);
    await expect(refresh(accessToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
  });

  it('refuses a refresh token that is not a string', async () => {
    const { refreshToken } = await create();
    const refreshed = refresh([refreshToken] as unknown as string);
    await expect(refreshed).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
  });

  it('stores neither tokens nor metadata of a session in plain text', async () => {
    const { accessToken, refreshToken, session } = await create();
    const { partition, id } = placeOf(accessToken);
    const record = await under.domain.store.sessions.find(partition, id);
    const stored = JSON.stringify(record, (_name, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    const secrets = [accessToken.slice(44), refreshToken.slice(48)];
    for (const text of [
      ...secrets,
      wallet,
      wallet.slice(2),
      'MetaMask',
      'Agent/1.0',
      '203.0.113.7',
    ]) {
      expect(stored).not.toContain(text);
    }
    expect(session.id).toBe(id);
  });
});

/** The partition and session id in a token. */
function placeOf(accessToken: string) {
  const token = parseAccessToken(accessToken);
  if (token === undefined) throw new Error('That is no access token.');
  return { partition: token.partition, id: token.sessionId };
}
