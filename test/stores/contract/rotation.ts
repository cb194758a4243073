import { randomBytes } from 'node:crypto';
import type { SessionRecord } from '../../../src/sessions/record.js';
import type { Rotation } from '../../../src/sessions/store.js';
import type { Partition } from '../../../src/accounts/wallet.js';
import { aPartition, aRecord, aRotation, NO_LIMIT, plain } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

const MINUTE = 60_000;

export function describeRotation({ clock, store, elsewhere }: StoreUnderTest): void {
  const inserted = async (partition: Partition, overrides: Partial<SessionRecord> = {}) => {
    const record = aRecord(clock.now(), overrides);
    await store().sessions.insert(partition, record, NO_LIMIT, clock.now());
    return record;
  };
  const rotate = (partition: Partition, { id }: SessionRecord, rotation: Rotation) =>
    store().sessions.rotate(partition, id, rotation, clock.now());

  describe('refresh token rotation', () => {
    it('stores the hashes of the successor, the next generation and a new expiry when it rotates a refresh token', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      clock.advance(MINUTE);
      const rotation = aRotation(record);
      const outcome = await rotate(partition, record, rotation);
      const expected = {
        ...record,
        ...rotation.successor,
        generation: 1,
        rotatedAt: clock.now(),
        exchanged: 0,
        used: false,
        expiresAt: clock.now() + rotation.timeout,
      };
      expect(outcome.kind).toBe('rotated');
      expect(plain(outcome.kind === 'rotated' ? outcome.record : undefined)).toEqual(
        plain(expected),
      );
      expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(plain(expected));
      expect((await store().sessions.expire(partition, clock.now())).next).toBe(expected.expiresAt);
    });

    it('never extends a session past its absolute timeout', async () => {
      const partition = aPartition();
      const absoluteExpiresAt = clock.now() + 10 * MINUTE;
      const record = await inserted(partition, { absoluteExpiresAt, expiresAt: absoluteExpiresAt });
      const outcome = await rotate(partition, record, aRotation(record));
      expect(outcome).toMatchObject({ kind: 'rotated', record: { expiresAt: absoluteExpiresAt } });
    });

    it('accepts a refresh token made with an older key of the ring', async () => {
      const partition = aPartition();
      const record = await inserted(partition, { keyId: 'old' });
      const presented = new Map([
        ['new', randomBytes(32)],
        ['old', record.refreshHash],
      ]);
      const outcome = await rotate(partition, record, aRotation(record, { presented }));
      expect(outcome.kind).toBe('rotated');
    });

    it('repeats an exchange within the grace period without changing the record', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const rotation = aRotation(record);
      const first = await rotate(partition, record, rotation);
      clock.advance(rotation.grace - 1);
      const second = await elsewhere().sessions.rotate(
        partition,
        record.id,
        aRotation(record),
        clock.now(),
      );
      expect([first.kind, second.kind]).toEqual(['rotated', 'repeated']);
      const [one, two] = [first, second].map((outcome) =>
        'record' in outcome ? plain(outcome.record) : undefined,
      );
      expect(two).toEqual(one);
    });

    it('ends the session when an exchange is repeated after the grace period and the successor is used', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const rotation = aRotation(record);
      await rotate(partition, record, rotation);
      expect(await elsewhere().sessions.markUsed(partition, record.id, 1)).toBe(true);
      clock.advance(rotation.grace);
      expect(await rotate(partition, record, rotation)).toMatchObject({
        kind: 'reused',
        revocation: { sessionId: record.id, reason: 'TOKEN_REUSE', revokedAt: clock.now() },
      });
      expect(await elsewhere().sessions.find(partition, record.id)).toBeUndefined();
    });

    it('treats every repeated exchange as reuse when there is no grace period', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const rotation = aRotation(record, { grace: 0 });
      await rotate(partition, record, rotation);
      expect((await rotate(partition, record, rotation)).kind).toBe('reused');
    });

    it('replaces an unused successor whenever the caller asks for it, and never otherwise', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      await rotate(partition, record, aRotation(record));
      for (const generation of [1, 2, 3]) {
        clock.advance(30_000);
        const before = await store().sessions.find(partition, record.id);
        const told = await rotate(partition, record, aRotation(record));
        expect(told.kind).toBe('unused');
        expect(plain('record' in told ? told.record : undefined)).toEqual(plain(before));
        expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(plain(before));

        const bridge = randomBytes(32);
        const rotation = aRotation(record, { replaces: { generation, bridge } });
        expect((await rotate(partition, record, rotation)).kind).toBe('rotated');
        const found = await elsewhere().sessions.find(partition, record.id);
        expect(plain(found)).toEqual(
          plain({
            ...record,
            ...rotation.successor,
            generation: generation + 1,
            rotatedAt: clock.now(),
            exchanged: 0,
            used: false,
            bridge,
            expiresAt: clock.now() + rotation.timeout,
          }),
        );
        // Both the token that was exchanged and that of the pair that was replaced.
        for (const old of [0, generation]) {
          const again = await rotate(partition, record, aRotation(record, { generation: old }));
          expect(again.kind).toBe('repeated');
        }
      }
    });

    it('limits the rotations of a session in a window, which begins with the first, but not their repetition, and detects reuse first', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const limit = { acts: 2, window: 10 * MINUTE };
      const next = async (overrides: Partial<Rotation> = {}) => {
        const current = (await store().sessions.find(partition, record.id)) ?? record;
        return rotate(partition, record, aRotation(current, { limit, ...overrides }));
      };
      clock.advance(5 * MINUTE);
      expect((await next()).kind).toBe('rotated');
      clock.advance(MINUTE);
      expect((await next()).kind).toBe('rotated');
      expect((await next({ generation: 1 })).kind).toBe('repeated');
      const before = await store().sessions.find(partition, record.id);
      clock.advance(MINUTE);
      expect(await next()).toEqual({ kind: 'limited', retryIn: 8 * MINUTE });
      // Also if an unused pair would be replaced.
      const replaces = { generation: 2, bridge: randomBytes(32) };
      const replacement = await next({ generation: 1, replaces });
      expect(replacement).toEqual({ kind: 'limited', retryIn: 8 * MINUTE });
      expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(plain(before));
      clock.advance(8 * MINUTE);
      expect((await next()).kind).toBe('rotated');
      expect((await next()).kind).toBe('rotated');
      expect((await next()).kind).toBe('limited');
      expect((await next({ generation: 0 })).kind).toBe('reused');
    });

    it('does not replace a pair of tokens that is marked as used or has already been replaced', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const replaces = { generation: 1, bridge: randomBytes(32) };
      await rotate(partition, record, aRotation(record));
      clock.advance(30_000);
      await rotate(partition, record, aRotation(record, { replaces }));
      clock.advance(30_000);
      const late = await rotate(partition, record, aRotation(record, { replaces }));
      expect(late.kind).toBe('unused');
      expect(await store().sessions.markUsed(partition, record.id, 2)).toBe(true);
      const current = { ...replaces, generation: 2 };
      const refused = await rotate(partition, record, aRotation(record, { replaces: current }));
      expect(refused.kind).toBe('reused');
    });

    it('treats the token of a replaced pair as reuse after the grace period, whether the new pair is used or not', async () => {
      for (const used of [true, false]) {
        const partition = aPartition();
        const record = await inserted(partition);
        const replaces = { generation: 1, bridge: randomBytes(32) };
        await rotate(partition, record, aRotation(record));
        clock.advance(30_000);
        await rotate(partition, record, aRotation(record, { replaces }));
        if (used) await store().sessions.markUsed(partition, record.id, 2);
        clock.advance(30_000);
        const outcome = await rotate(partition, record, aRotation(record, { generation: 1 }));
        expect(outcome.kind).toBe('reused');
      }
    });

    it('lets only the first succeed when a mark as used races with the replacement of a pair', async () => {
      for (let round = 0; round < 20; round += 1) {
        const partition = aPartition();
        const record = await inserted(partition);
        await rotate(partition, record, aRotation(record));
        clock.advance(30_000);
        const replaces = { generation: 1, bridge: randomBytes(32) };
        const mark = () => elsewhere().sessions.markUsed(partition, record.id, 1);
        const replace = () => rotate(partition, record, aRotation(record, { replaces }));
        const [isMarked, { kind }] =
          round % 2 === 0
            ? await Promise.all([mark(), replace()])
            : await Promise.all([replace(), mark()]).then(([two, one]) => [one, two] as const);
        expect([isMarked, kind]).toEqual(isMarked ? [true, 'reused'] : [false, 'rotated']);
      }
    });

    it('marks no pair of another generation as used, and creates no record for an ended session', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      await rotate(partition, record, aRotation(record));
      for (const generation of [0, 2]) {
        expect(await store().sessions.markUsed(partition, record.id, generation)).toBe(false);
      }
      expect(await store().sessions.find(partition, record.id)).toMatchObject({ used: false });
      await store().sessions.revoke(partition, 'all', 'LOGOUT', clock.now());
      expect(await store().sessions.markUsed(partition, record.id, 1)).toBe(false);
      expect(await elsewhere().sessions.find(partition, record.id)).toBeUndefined();
      expect([...(await elsewhere().sessions.list(partition, clock.now()))]).toEqual([]);
    });

    it('treats a refresh token of an earlier generation as reuse at any time', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const first = aRotation(record);
      await rotate(partition, record, first);
      const successor = { ...record, ...first.successor, generation: 1 };
      await rotate(partition, record, aRotation(successor));
      expect((await rotate(partition, record, first)).kind).toBe('reused');
    });

    it('refuses a refresh token with another hash, of a later generation or of an unknown session', async () => {
      const partition = aPartition();
      const record = await inserted(partition);
      const foreign = new Map([[record.keyId, randomBytes(32)]]);
      const unknown = { kind: 'unknown' };
      expect(await rotate(partition, record, aRotation(record, { presented: foreign }))).toEqual(
        unknown,
      );
      expect(await rotate(partition, record, aRotation(record, { presented: new Map() }))).toEqual(
        unknown,
      );
      expect(await rotate(partition, record, aRotation(record, { generation: 1 }))).toEqual(
        unknown,
      );
      expect(await rotate(partition, aRecord(clock.now()), aRotation(record))).toEqual(unknown);
      expect(await rotate(aPartition(), record, aRotation(record))).toEqual(unknown);
      expect(plain(await store().sessions.find(partition, record.id))).toEqual(plain(record));
    });

    it('refuses the refresh token of an expired session', async () => {
      const partition = aPartition();
      const record = await inserted(partition, { expiresAt: clock.now() + MINUTE });
      clock.advance(MINUTE);
      expect(await rotate(partition, record, aRotation(record))).toEqual({ kind: 'unknown' });
      expect((await store().sessions.expire(partition, clock.now())).ended).toMatchObject([
        { sessionId: record.id, reason: 'EXPIRED' },
      ]);
    });
  });
}
