import {
  REVOKE_REASONS,
  type RevokeReason,
  type RevocationReason,
} from '../../src/sessions/session.js';
import { openDomain } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

describe('revocation', () => {
  const under = walletUnderTest();
  const { wallet, create, isAlive } = under;

  it('notifies all listeners of a revocation, even if one of them throws', async () => {
    const { session } = await create();
    const heard: string[] = [];
    const mistake = new Error('A listener has a mistake.');
    await under.domain.sessions.watch({ wallet }, () => {
      throw mistake;
    });
    await under.domain.sessions.watch({ wallet }, ({ sessionId }) => heard.push(sessionId));
    await under.domain.sessions.revoke({
      wallet: { wallet },
      sessionId: session.id,
      reason: 'LOGOUT',
      source: SOURCE,
    });
    await eventually(async () => {
      await Promise.resolve();
      expect([heard, under.domain.reported]).toEqual([[session.id], [mistake]]);
    });
  });

  it.each(REVOKE_REASONS)('revokes one session with the reason %s', async (reason) => {
    const [one, two] = [await create(), await create()];
    const revocation = await under.domain.sessions.revoke({
      wallet,
      sessionId: one.session.id,
      reason,
      source: SOURCE,
    });
    expect(revocation).toMatchObject({ sessionId: one.session.id, reason });
    expect([await isAlive(one.accessToken), await isAlive(two.accessToken)]).toEqual([false, true]);
  });

  it.each<RevocationReason | 'BORED'>(['EXPIRED', 'TOKEN_REUSE', 'LIMIT_EXCEEDED', 'BORED'])(
    'refuses the reason %s, which an application must not use',
    async (found) => {
      const { session, accessToken } = await create();
      const reason = found as RevokeReason;
      const refusals = [
        under.domain.sessions.revoke({ wallet, sessionId: session.id, reason, source: SOURCE }),
        under.domain.sessions.revokeAll({ wallet, reason, source: SOURCE }),
      ];
      for (const refusal of refusals) {
        await expect(refusal).rejects.toThrow(TypeError);
        await expect(refusal).rejects.toThrow('LOGOUT, LOGOUT_ALL, ADMIN');
      }
      expect(await isAlive(accessToken)).toBe(true);
    },
  );

  it('answers SESSION_NOT_FOUND to the revocation of a session of another wallet', async () => {
    const { session, accessToken } = await create();
    const stranger = aWallet().account;
    for (const id of [session.id, 'A'.repeat(20), '']) {
      await expect(
        under.domain.sessions.revoke({
          wallet: stranger,
          sessionId: id,
          reason: 'LOGOUT',
          source: SOURCE,
        }),
      ).rejects.toMatchObject({
        code: 'SESSION_NOT_FOUND',
      });
    }
    expect(await isAlive(accessToken)).toBe(true);
  });

  it('revokes all sessions of a wallet, or all but one', async () => {
    const grants = [await create(), await create(), await create()];
    const keep = grants[1]?.session.id;
    const others = await under.domain.sessions.revokeAll({
      wallet,
      keepSessionId: keep,
      reason: 'LOGOUT_ALL',
      source: SOURCE,
    });
    expect(others).toHaveLength(2);
    expect((await under.domain.sessions.list(wallet)).map(({ id }) => id)).toEqual([keep]);
    expect(
      await under.domain.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: SOURCE }),
    ).toHaveLength(1);
    expect(await under.domain.sessions.list(wallet)).toEqual([]);
  });

  it('revokes hundreds of sessions of a wallet and audits each of them', async () => {
    const wide = await openDomain({ sessions: { limit: 0 } });
    try {
      for (let count = 0; count < 600; count += 1) await create(wallet, wide);
      const ended = await wide.sessions.revokeAll({ wallet, reason: 'LOGOUT_ALL', source: SOURCE });
      expect(new Set(ended.map(({ sessionId }) => sessionId)).size).toBe(600);
      expect(await wide.sessions.list(wallet)).toEqual([]);
      const audited = wide.audited.filter(({ type }) => type === 'session.revoked');
      expect(audited).toHaveLength(600);
    } finally {
      await wide.close();
    }
  });

  it('does not count expired sessions as revoked', async () => {
    await create();
    under.domain.clock.advance(HOUR);
    await create();
    under.domain.clock.advance(HOUR);
    const ended = await under.domain.sessions.revokeAll({
      wallet,
      reason: 'LOGOUT_ALL',
      source: SOURCE,
    });
    expect(ended).toHaveLength(1);
  });
});
