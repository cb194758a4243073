import type { Address } from '../../src/session/wallet.js';
import {
  LOGOUT_REASONS,
  type LogoutReason,
  type RevocationReason,
} from '../../src/session/session.js';
import { parseAccessToken } from '../../src/session/token.js';
import { aKey, openDomain, type TestDomain } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the life of a session', () => {
  let domain: TestDomain;
  const { address: wallet } = aWallet();

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const create = (of: Address = wallet, within: Pick<TestDomain, 'sessions'> = domain) =>
    within.sessions.create({ wallet: of, chainId: 1, walletType: 'MetaMask' }, SOURCE);
  const refresh = (token: string) => domain.sessions.refresh(token, SOURCE);
  const isAlive = async (token: string) =>
    (await domain.sessions.authenticate(token)) !== undefined;

  const SOURCE = { ipAddress: '203.0.113.7', userAgent: 'Agent/1.0', requestId: 'request-1' };

  it('is told to all who watch, whatever one of them throws', async () => {
    const { session } = await create();
    const heard: string[] = [];
    const mistake = new Error('A listener has a mistake.');
    await domain.sessions.watch({ wallet }, () => {
      throw mistake;
    });
    await domain.sessions.watch({ wallet }, ({ sessionId }) => heard.push(sessionId));
    await domain.sessions.revoke({ wallet }, session.id, 'LOGOUT', SOURCE);
    await eventually(async () => {
      await Promise.resolve();
      expect([heard, domain.reported]).toEqual([[session.id], [mistake]]);
    });
  });

  describe('timeouts', () => {
    it('ends two hours after sign-in without a refresh', async () => {
      const { accessToken, refreshToken } = await create();
      domain.clock.advance(2 * HOUR - 1);
      expect(await isAlive(accessToken)).toBe(true);
      domain.clock.advance(1);
      expect(await isAlive(accessToken)).toBe(false);
      await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
      expect(await domain.sessions.list(wallet)).toEqual([]);
    });

    it('opens its refresh window thirty minutes before the end', async () => {
      const { session } = await create();
      expect(session.expiresAt - session.refreshFrom).toBe(30 * MINUTE);
    });

    it('lives two hours more from each refresh', async () => {
      let grant = await create();
      for (let count = 0; count < 5; count += 1) {
        domain.clock.advance(2 * HOUR - 1);
        grant = await refresh(grant.refreshToken);
        expect(grant.session.expiresAt).toBe(domain.clock.now() + 2 * HOUR);
      }
      expect(await isAlive(grant.accessToken)).toBe(true);
    });

    it('ends after thirty days however often it is refreshed', async () => {
      let grant = await create();
      const end = domain.clock.now() + 30 * DAY;
      while (domain.clock.now() + HOUR < end) {
        domain.clock.advance(HOUR);
        grant = await refresh(grant.refreshToken);
      }
      expect(grant.session.expiresAt).toBe(end);
      expect(grant.session.refreshFrom).toBeLessThan(end);
      domain.clock.advance(HOUR);
      expect(await isAlive(grant.accessToken)).toBe(false);
      await expect(refresh(grant.refreshToken)).rejects.toMatchObject({
        code: 'REFRESH_TOKEN_INVALID',
      });
    });

    it('takes its timeouts from the policy', async () => {
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

  describe('rotation', () => {
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
      domain.clock.advance(30_000 - 1);
      const again = await refresh(refreshToken);
      expect(again.accessToken).toBe(first.accessToken);
      expect(again.refreshToken).toBe(first.refreshToken);
      expect(await isAlive(first.accessToken)).toBe(true);
    });

    it('takes a repetition after thirty seconds for reuse, and ends the session', async () => {
      const { refreshToken } = await create();
      const { accessToken } = await refresh(refreshToken);
      domain.clock.advance(30_000);
      await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
      expect(await isAlive(accessToken)).toBe(false);
    });

    it('takes a repetition after the successor was used for reuse, within the thirty seconds too', async () => {
      const { session, refreshToken } = await create();
      const second = await refresh(refreshToken);
      const third = await refresh(second.refreshToken);
      await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
      expect(await isAlive(third.accessToken)).toBe(false);
      expect(domain.audited.slice(-2)).toMatchObject([
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

  describe('tokens', () => {
    it('are refused when any part of them is changed', async () => {
      const { accessToken, refreshToken } = await create();
      const other = await create();
      const changedAt = (token: string, position: number) =>
        token.slice(0, position) +
        (token[position] === 'A' ? 'B' : 'A') +
        token.slice(position + 1);
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

    it('are of one kind each: an access token refreshes nothing, a refresh token opens nothing', async () => {
      const { accessToken, refreshToken } = await create();
      expect(await isAlive(refreshToken)).toBe(false);
      await expect(refresh(accessToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    });

    it('are texts: one in a list, as an application may hand it on, is none', async () => {
      const { refreshToken } = await create();
      const refreshed = refresh([refreshToken] as unknown as string);
      await expect(refreshed).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    });

    it('never stand in the store, nor does anything of the metadata in clear', async () => {
      const { accessToken, refreshToken, session } = await create();
      const { partition, id } = placeOf(accessToken);
      const record = await domain.store.sessions.find(partition, id);
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

  describe('revocation', () => {
    it.each(LOGOUT_REASONS)('ends one session with %s', async (reason) => {
      const [one, two] = [await create(), await create()];
      const revocation = await domain.sessions.revoke(wallet, one.session.id, reason, SOURCE);
      expect(revocation).toMatchObject({ sessionId: one.session.id, reason });
      expect([await isAlive(one.accessToken), await isAlive(two.accessToken)]).toEqual([
        false,
        true,
      ]);
    });

    it.each<RevocationReason | 'BORED'>(['EXPIRED', 'TOKEN_REUSE', 'LIMIT_EXCEEDED', 'BORED'])(
      'takes no %s, which is not for an application to say',
      async (found) => {
        const { session, accessToken } = await create();
        const reason = found as LogoutReason;
        const refusals = [
          domain.sessions.revoke(wallet, session.id, reason, SOURCE),
          domain.sessions.revokeAll(wallet, undefined, reason, SOURCE),
        ];
        for (const refusal of refusals) {
          await expect(refusal).rejects.toThrow(TypeError);
          await expect(refusal).rejects.toThrow('LOGOUT, LOGOUT_ALL, ADMIN');
        }
        expect(await isAlive(accessToken)).toBe(true);
      },
    );

    it('ends nothing of another wallet, and does not tell that it exists', async () => {
      const { session, accessToken } = await create();
      const stranger = aWallet().address;
      for (const id of [session.id, 'A'.repeat(20), '']) {
        await expect(domain.sessions.revoke(stranger, id, 'LOGOUT', SOURCE)).rejects.toMatchObject({
          code: 'SESSION_NOT_FOUND',
        });
      }
      expect(await isAlive(accessToken)).toBe(true);
    });

    it('ends all, or all but one', async () => {
      const grants = [await create(), await create(), await create()];
      const keep = grants[1]?.session.id;
      const others = await domain.sessions.revokeAll(wallet, keep, 'LOGOUT_ALL', SOURCE);
      expect(others).toHaveLength(2);
      expect((await domain.sessions.list(wallet)).map(({ id }) => id)).toEqual([keep]);
      expect(await domain.sessions.revokeAll(wallet, undefined, 'LOGOUT_ALL', SOURCE)).toHaveLength(
        1,
      );
      expect(await domain.sessions.list(wallet)).toEqual([]);
    });

    it('ends all of a wallet that has hundreds, and audits each end', async () => {
      const wide = await openDomain({ sessions: { limit: 0 } });
      try {
        for (let count = 0; count < 600; count += 1) await create(wallet, wide);
        const ended = await wide.sessions.revokeAll(wallet, undefined, 'LOGOUT_ALL', SOURCE);
        expect(new Set(ended.map(({ sessionId }) => sessionId)).size).toBe(600);
        expect(await wide.sessions.list(wallet)).toEqual([]);
        const audited = wide.audited.filter(({ type }) => type === 'session.revoked');
        expect(audited).toHaveLength(600);
      } finally {
        await wide.close();
      }
    });

    it('does not count what had expired already', async () => {
      await create();
      domain.clock.advance(HOUR);
      await create();
      domain.clock.advance(HOUR);
      const ended = await domain.sessions.revokeAll(wallet, undefined, 'LOGOUT_ALL', SOURCE);
      expect(ended).toHaveLength(1);
    });
  });

  describe('a page of the list', () => {
    it('is a part of the list, and tells where the next one begins', async () => {
      for (let count = 0; count < 5; count += 1) {
        await create();
        domain.clock.advance(1);
      }
      const all = await domain.sessions.list(wallet);
      const first = await domain.sessions.listPage(wallet, { first: 3 });
      expect(first).toMatchObject({ total: 5, hasPrevious: false, hasMore: true });
      const second = await domain.sessions.listPage(wallet, { first: 3, after: first.end });
      expect(second).toMatchObject({ total: 5, hasPrevious: true, hasMore: false });
      expect([...first.sessions, ...second.sessions]).toEqual(all);
      const beyond = await domain.sessions.listPage(wallet, { first: 3, after: second.end });
      expect(beyond).toMatchObject({ sessions: [], hasMore: false, end: undefined });
    });

    it('goes on after sessions whose key was removed, which are on no page', async () => {
      const old = await create();
      domain.clock.advance(1);
      const other = domain.withKeys([aKey('second')]);
      const kept = await create(wallet, other);
      domain.clock.advance(1);
      for (let count = 0; count < 2; count += 1) await create();
      const first = await other.sessions.listPage(wallet, { first: 2 });
      expect(first).toMatchObject({ sessions: [], hasMore: true });
      const second = await other.sessions.listPage(wallet, { first: 2, after: first.end });
      expect(second.sessions.map(({ id }) => id)).toEqual([kept.session.id]);
      expect(second).toMatchObject({ hasMore: false, end: old.session.id });
    });
  });

  describe('the limit', () => {
    it('is ten sessions a wallet: the eleventh ends the one unused for longest', async () => {
      const grants = [];
      for (let count = 0; count < 11; count += 1) {
        grants.push(await create());
        domain.clock.advance(1);
      }
      expect(await domain.sessions.list(wallet)).toHaveLength(10);
      expect(await isAlive(grants[0]?.accessToken ?? '')).toBe(false);
      expect(domain.audited).toContainEqual(
        expect.objectContaining({
          type: 'session.revoked',
          sessionId: grants[0]?.session.id,
          reason: 'LIMIT_EXCEEDED',
        }),
      );
    });

    it('refuses the new one, where that is the policy', async () => {
      const strict = await openDomain({ sessions: { limit: 2, whenFull: 'refuse-new' } });
      await create(wallet, strict);
      await create(wallet, strict);
      await expect(create(wallet, strict)).rejects.toMatchObject({ code: 'SESSION_LIMIT_REACHED' });
      strict.clock.advance(2 * HOUR);
      await create(wallet, strict);
      await strict.close();
    });

    it('holds when fifty sign in at once', async () => {
      await Promise.all(Array.from({ length: 50 }, () => create()));
      expect(await domain.sessions.list(wallet)).toHaveLength(10);
    });
  });

  describe('what is known of it', () => {
    it('is what the sign-in told, for its owner', async () => {
      const { session, accessToken } = await create();
      expect(await domain.sessions.authenticate(accessToken)).toEqual(session);
      expect(session).toMatchObject({
        wallet,
        chainId: 1,
        walletType: 'MetaMask',
        userAgent: 'Agent/1.0',
        ipAddress: '203.0.113.7',
        createdAt: domain.clock.now(),
        lastSeenAt: domain.clock.now(),
        authenticatedAt: domain.clock.now(),
      });
    });

    it('is updated with when and where it was last seen, once a minute at the most', async () => {
      const { session, accessToken } = await create();
      const seenAt = domain.clock.now();
      const note = async (advance: number, ipAddress: string) => {
        domain.clock.advance(advance);
        await domain.sessions.validate(accessToken, { ipAddress });
        await domain.sessions.lastSeen.settled();
        return domain.sessions.authenticate(accessToken);
      };
      expect(await note(MINUTE - 1, '198.51.100.1')).toMatchObject({
        lastSeenAt: seenAt,
        ipAddress: session.ipAddress,
      });
      expect(await note(1, '198.51.100.2')).toMatchObject({
        lastSeenAt: seenAt + MINUTE,
        ipAddress: '198.51.100.2',
      });
    });

    it('does not open when it was altered, or moved to another session, and that is audited', async () => {
      const [victim, thief] = [await create(), await create(aWallet().address)];
      const from = placeOf(victim.accessToken);
      const record = await domain.store.sessions.find(from.partition, from.id);
      if (record === undefined) throw new Error('no record');
      const to = placeOf(thief.accessToken);
      const limit = { max: 0, whenFull: 'end-next-to-expire' } as const;
      const own = await domain.store.sessions.find(to.partition, to.id);
      if (own === undefined) throw new Error('no record');
      await domain.store.sessions.insert(
        to.partition,
        { ...own, details: record.details },
        limit,
        domain.clock.now(),
      );
      expect(await isAlive(thief.accessToken)).toBe(false);

      const details = Buffer.from(record.details);
      details.writeUInt8(details.readUInt8(30) ^ 1, 30);
      await domain.store.sessions.insert(
        from.partition,
        { ...record, details },
        limit,
        domain.clock.now(),
      );
      expect(await isAlive(victim.accessToken)).toBe(false);
      expect(domain.audited.filter(({ type }) => type === 'session.record-refused')).toHaveLength(
        2,
      );
    });
  });

  describe('keys', () => {
    it('are rotated without logging anybody out: new ones first, old ones still read', async () => {
      const grant = await create();
      const rotated = domain.withKeys([aKey('second'), aKey('first')]);
      expect(await rotated.sessions.authenticate(grant.accessToken)).toMatchObject({
        id: grant.session.id,
      });
      const refreshed = await rotated.sessions.refresh(grant.refreshToken, SOURCE);
      expect(await rotated.sessions.authenticate(refreshed.accessToken)).toBeDefined();
    });

    it('repeat a refresh alike on servers that have rotated and servers that have not', async () => {
      const { refreshToken } = await create();
      const before = domain.withKeys([aKey('first'), aKey('second')]);
      const after = domain.withKeys([aKey('second'), aKey('first')]);
      const [one, two] = await Promise.all([
        before.sessions.refresh(refreshToken, SOURCE),
        after.sessions.refresh(refreshToken, SOURCE),
      ]);
      expect(two.refreshToken).toBe(one.refreshToken);
      expect(two.accessToken).toBe(one.accessToken);
    });

    it('that are gone open nothing', async () => {
      const { accessToken, refreshToken } = await create();
      const others = domain.withKeys([aKey('second')]);
      expect(await others.sessions.authenticate(accessToken)).toBeUndefined();
      await expect(others.sessions.refresh(refreshToken, SOURCE)).rejects.toMatchObject({
        code: 'REFRESH_TOKEN_INVALID',
      });
    });
  });
});

/** Where a token says that its session is. */
function placeOf(accessToken: string) {
  const token = parseAccessToken(accessToken);
  if (token === undefined) throw new Error('That is no access token.');
  return { partition: token.partition, id: token.sessionId };
}
