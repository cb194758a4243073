import { REVOKED_AT_ONCE, type Authority, type Selection } from '../../../src/sessions/store.js';
import type { Partition } from '../../../src/accounts/wallet.js';
import { inBatches } from '../../harness/batches.js';
import { aPartition, aRecord, idsOf, NO_LIMIT } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

const HOUR = 60 * 60_000;
const FRESH = 5 * 60_000;

export function describeAuthority({ clock, store, elsewhere }: StoreUnderTest): void {
  const sessions = () => store().sessions;
  const insert = async (
    partition: Partition,
    signedAgo: number,
    overrides: { expiresAt?: number } = {},
  ) => {
    const authenticatedAt = clock.now() - signedAgo;
    const record = aRecord(clock.now(), { authenticatedAt, ...overrides });
    await sessions().insert(partition, record, NO_LIMIT, clock.now());
    return record;
  };
  const authorityOf = (
    { id, authenticatedAt }: Pick<ReturnType<typeof aRecord>, 'id' | 'authenticatedAt'>,
    overrides: Partial<Authority> = {},
  ): Authority => ({
    session: id,
    authenticatedAt,
    freshAfter: clock.now() - FRESH,
    onProtected: 'refuse',
    ...overrides,
  });
  const revoke = (partition: Partition, selection: Selection, authority: Authority) =>
    elsewhere().sessions.revoke(partition, selection, 'LOGOUT', clock.now(), authority);
  const list = async (partition: Partition) => idsOf(await sessions().list(partition, clock.now()));
  const PROTECTED = { kind: 'protected', ended: [], left: [] };
  const UNAUTHENTICATED = { kind: 'unauthenticated', ended: [], left: [] };

  describe('revocation on behalf of a session', () => {
    it('lets a session end itself, even when another one authenticated later', async () => {
      const partition = aPartition();
      const [own, other] = [await insert(partition, 2 * HOUR), await insert(partition, HOUR)];
      const outcome = await revoke(partition, { these: [own.id] }, authorityOf(own));
      expect(outcome).toMatchObject({ kind: 'revoked', ended: [{ sessionId: own.id }] });
      expect(await list(partition)).toEqual([other.id]);
    });

    it.each([
      ['an hour earlier', 2 * HOUR],
      ['in the same millisecond', HOUR],
    ])('lets a session end another one that authenticated %s', async (_when, signedAgo) => {
      const partition = aPartition();
      const [own, other] = [await insert(partition, HOUR), await insert(partition, signedAgo)];
      const outcome = await revoke(partition, { these: [other.id] }, authorityOf(own));
      expect(outcome).toMatchObject({ kind: 'revoked', ended: [{ sessionId: other.id }] });
      expect(await list(partition)).toEqual([own.id]);
    });

    it.each([
      ['that session', (_own: string, other: string) => ({ these: [other] })],
      ['all sessions', () => 'all'],
      ['all other sessions', (own: string) => ({ allBut: own })],
    ] as const)(
      'refuses to end %s for a session when one of them authenticated a millisecond later',
      async (_which, select) => {
        const partition = aPartition();
        const own = await insert(partition, HOUR);
        const older = await insert(partition, 2 * HOUR);
        const other = await insert(partition, HOUR - 1);
        const selection = select(own.id, other.id) as Selection;
        expect(await revoke(partition, selection, authorityOf(own))).toEqual(PROTECTED);
        expect(await list(partition)).toEqual(idsOf([own, older, other]));
      },
    );

    it('lets a session end one that authenticated later only while its own authentication is fresh, to the millisecond', async () => {
      const partition = aPartition();
      const own = await insert(partition, FRESH);
      const other = await insert(partition, 0);
      const selection = { these: [other.id] };
      expect(await revoke(partition, selection, authorityOf(own))).toEqual(PROTECTED);
      const freshAfter = own.authenticatedAt - 1;
      const outcome = await revoke(partition, selection, authorityOf(own, { freshAfter }));
      expect(outcome).toMatchObject({ kind: 'revoked', ended: [{ sessionId: other.id }] });
    });

    it('decides by the authentication time in the session record, even when the caller claims a later one', async () => {
      const partition = aPartition();
      const [own, other] = [await insert(partition, 2 * HOUR), await insert(partition, HOUR)];
      const authority = authorityOf(own, { authenticatedAt: clock.now() });
      expect(await revoke(partition, { these: [other.id] }, authority)).toEqual(PROTECTED);
    });

    it('ignores a newer authentication of the acting session that the caller does not know of', async () => {
      const partition = aPartition();
      const [own, other] = [await insert(partition, 2 * HOUR), await insert(partition, HOUR)];
      const details = Buffer.from('as of now');
      await sessions().reauthenticate(partition, own.id, details, own.authenticatedAt, clock.now());
      const selection = { these: [other.id] };
      expect(await revoke(partition, selection, authorityOf(own))).toEqual(PROTECTED);
      const renewed = authorityOf(own, { authenticatedAt: clock.now() });
      expect(await revoke(partition, selection, renewed)).toMatchObject({ kind: 'revoked' });
    });

    it('ends nothing when the acting session has ended, has expired or is in another partition', async () => {
      const [partition, elsewhereIn] = [aPartition(), aPartition()];
      const ended = await insert(partition, 0);
      const expired = await insert(partition, 0, { expiresAt: clock.now() });
      const stranger = await insert(elsewhereIn, 0);
      const other = await insert(partition, HOUR);
      await sessions().revoke(partition, { these: [ended.id] }, 'LOGOUT', clock.now());
      for (const own of [ended, expired, stranger]) {
        for (const selection of ['all', { these: [other.id] }, { these: [own.id] }] as const) {
          const outcome = await revoke(partition, selection, authorityOf(own));
          expect(outcome).toEqual(UNAUTHENTICATED);
        }
      }
      expect(await list(partition)).toEqual([other.id]);
    });

    it('spares the sessions that are protected from the acting session when the caller asks for that', async () => {
      const partition = aPartition();
      const older = await insert(partition, 2 * HOUR);
      const [own, other] = [await insert(partition, HOUR), await insert(partition, HOUR - 1)];
      const authority = authorityOf(own, { onProtected: 'spare' });
      const outcome = await revoke(partition, 'all', authority);
      expect(outcome).toMatchObject({ kind: 'revoked', left: [] });
      expect(outcome.ended.map(({ sessionId }) => sessionId).sort()).toEqual(idsOf([older, own]));
      expect(await list(partition)).toEqual([other.id]);
    });

    it('decides by the authentication time of the caller when the acting session is in another partition', async () => {
      const partition = aPartition();
      const [older, newer] = [await insert(partition, HOUR), await insert(partition, HOUR - 1)];
      const elsewhereIn = { session: undefined, authenticatedAt: clock.now() - HOUR };
      const refusing = authorityOf(older, elsewhereIn);
      expect(await revoke(partition, 'all', refusing)).toEqual(PROTECTED);
      const fresh = authorityOf(older, { ...elsewhereIn, freshAfter: clock.now() - 2 * HOUR });
      const sparing = authorityOf(older, { ...elsewhereIn, onProtected: 'spare' });
      expect(await revoke(partition, 'all', sparing)).toMatchObject({
        kind: 'revoked',
        ended: [{ sessionId: older.id }],
      });
      expect(await list(partition)).toEqual([newer.id]);
      expect(await revoke(partition, 'all', fresh)).toMatchObject({ kind: 'revoked' });
      expect(await list(partition)).toEqual([]);
    });

    it('does not protect an expired session from another one, and ends it with EXPIRED', async () => {
      const partition = aPartition();
      const own = await insert(partition, HOUR);
      const expired = await insert(partition, 0, { expiresAt: clock.now() });
      const outcome = await revoke(partition, { allBut: own.id }, authorityOf(own));
      expect(outcome).toMatchObject({
        kind: 'revoked',
        ended: [{ sessionId: expired.id, reason: 'EXPIRED' }],
      });
    });

    it('checks every selected session before it ends the first one when a revocation needs several steps', async () => {
      const partition = aPartition();
      const own = await insert(partition, HOUR);
      await inBatches(Array.from({ length: REVOKED_AT_ONCE }), () => insert(partition, 2 * HOUR));
      // It expires next, so the last step would end it.
      const other = await insert(partition, HOUR - 1, { expiresAt: clock.now() + 1 });
      for (const selection of ['all', { allBut: own.id }] as const) {
        expect(await revoke(partition, selection, authorityOf(own))).toEqual(PROTECTED);
      }
      await sessions().revoke(partition, { these: [other.id] }, 'LOGOUT', clock.now());
      const outcome = await revoke(partition, 'all', authorityOf(own));
      expect(outcome).toMatchObject({ kind: 'revoked' });
      expect(outcome.ended).toHaveLength(REVOKED_AT_ONCE);
      expect(outcome.left).toHaveLength(1);
    });
  });
}
