import type { SessionGrant } from '../../src/sessions/session.js';
import { REVOKED_AT_ONCE } from '../../src/sessions/store.js';
import { inBatches } from '../harness/batches.js';
import { openDomain } from '../harness/domain.js';
import { SOURCE, walletUnderTest } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('logout by a session of the same wallet', () => {
  const under = walletUnderTest();
  const { wallet, create } = under;
  const logout = ({ session }: SessionGrant, of: SessionGrant) =>
    under.domain.sessions.logout(session, of.session.id, SOURCE);
  const logoutAll = ({ session }: SessionGrant, keepCurrent?: boolean) =>
    under.domain.sessions.logoutAll(session, { keepCurrent }, SOURCE);
  const living = async () => (await under.domain.sessions.list(wallet)).map(({ id }) => id).sort();
  const idsOf = (...grants: SessionGrant[]) => grants.map(({ session }) => session.id).sort();
  /** A session that is no longer fresh, and one that was signed in to just now. */
  const anOldOneAndANewOne = async () => {
    const old = await create();
    under.domain.clock.advance(6 * MINUTE);
    return [old, await create()] as const;
  };

  it('lets a session end itself, however long ago its wallet signed', async () => {
    const [old, newer] = await anOldOneAndANewOne();
    expect(await logout(old, old)).toMatchObject({ sessionId: old.session.id, reason: 'LOGOUT' });
    expect(await living()).toEqual(idsOf(newer));
  });

  it('lets a session end one that was signed in to earlier', async () => {
    const [old, newer] = await anOldOneAndANewOne();
    under.domain.clock.advance(6 * MINUTE);
    await logout(newer, old);
    expect(await living()).toEqual(idsOf(newer));
  });

  it('ends no session when one of those selected was signed in to later than the session that asks', async () => {
    const older = await create();
    const [old, newer] = await anOldOneAndANewOne();
    for (const attempt of [
      () => logout(old, newer),
      () => logoutAll(old),
      () => logoutAll(old, true),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    }
    expect(await living()).toEqual(idsOf(older, old, newer));
  });

  it('ends all other sessions after the wallet has signed again, and returns which', async () => {
    const [old, newer] = await anOldOneAndANewOne();
    const session = await under.domain.sessions.reauthenticate(old.session, SOURCE);
    const ended = await logoutAll({ ...old, session }, true);
    expect(ended).toMatchObject([{ sessionId: newer.session.id, reason: 'LOGOUT_ALL' }]);
    expect(await living()).toEqual(idsOf(old));
  });

  it('answers UNAUTHENTICATED to the logout of a session that has ended', async () => {
    const [old, newer] = await anOldOneAndANewOne();
    await logout(old, old);
    for (const attempt of [
      () => logout(old, newer),
      () => logout(old, old),
      () => logoutAll(old),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await living()).toEqual(idsOf(newer));
  });

  it('answers SESSION_NOT_FOUND to the logout of a session of another wallet, which stays active', async () => {
    const stranger = await create(aWallet().account);
    const own = await create();
    await expect(logout(own, stranger)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await under.isAlive(stranger.accessToken)).toBe(true);
  });

  it('lets the server end sessions that were signed in to later', async () => {
    const [old, newer] = await anOldOneAndANewOne();
    const { sessions } = under.domain;
    await sessions.revokeAll({
      wallet,
      keepSessionId: old.session.id,
      reason: 'LOGOUT_ALL',
      source: SOURCE,
    });
    expect(await living()).toEqual(idsOf(old));
    expect(await under.isAlive(newer.accessToken)).toBe(false);
  });
});

describe('a sign-in that ends other sessions', () => {
  const { account: wallet } = aWallet();

  it('leaves only the new session after a sign-in that ends others, even if the policy refuses further sessions', async () => {
    const domain = await openDomain({ sessions: { limit: 1, onLimit: 'refuse-new' } });
    const { sessions } = domain;
    const create = (logoutOthers: boolean) =>
      sessions.create({ wallet, chainId: 'eip155:1', logoutOthers }, SOURCE);
    const old = await create(false);
    await expect(create(false)).rejects.toMatchObject({ code: 'SESSION_LIMIT_REACHED' });
    const { session } = await create(true);
    expect((await sessions.list(wallet)).map(({ id }) => id)).toEqual([session.id]);
    expect(domain.audited.filter(({ type }) => type === 'session.revoked')).toMatchObject([
      { wallet, sessionId: old.session.id, reason: 'LOGOUT_ALL', source: SOURCE },
    ]);
    await domain.close();
  });

  it('ends hundreds of sessions at a sign-in that ends others, and audits each of them', async () => {
    const domain = await openDomain({ sessions: { limit: 0 } });
    const { sessions } = domain;
    const crowd = 2 * REVOKED_AT_ONCE + 1;
    await inBatches(Array.from({ length: crowd }), () =>
      sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE),
    );
    const { session } = await sessions.create(
      { wallet, chainId: 'eip155:1', logoutOthers: true },
      SOURCE,
    );
    expect((await sessions.list(wallet)).map(({ id }) => id)).toEqual([session.id]);
    const ends = domain.audited.filter(({ type }) => type === 'session.revoked');
    expect(ends).toHaveLength(crowd);
    await domain.close();
  });
});
