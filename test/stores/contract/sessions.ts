import type { Partition } from '../../../src/accounts/wallet.js';
import type { SessionRecord } from '../../../src/sessions/record.js';
import {
  EXPIRED_AT_ONCE,
  REVOKED_AT_ONCE,
  type EndedSession,
  type SessionLimit,
} from '../../../src/sessions/store.js';
import { inBatches } from '../../harness/batches.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT, plain } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

const HOUR = 60 * 60_000;

export function describeSessions({ clock, store, elsewhere }: StoreUnderTest): void {
  const sessions = () => store().sessions;
  const insert = async (partition: Partition, record: SessionRecord, limit = NO_LIMIT) => {
    await sessions().insert(partition, record, limit, clock.now());
    return record;
  };
  const list = async (partition: Partition) =>
    idsOf(await elsewhere().sessions.list(partition, clock.now()));
  const insertMany = async (partition: Partition, count: number) => {
    const oldest = clock.now() - count;
    const records = Array.from({ length: count }, (_, age) => aRecord(oldest + age));
    return inBatches(records, (record) => insert(partition, record));
  };

  describe('sessions', () => {
    it('returns an inserted session unchanged, on every instance, as soon as insert resolves', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now(), { generation: 16_777_215 }));
      expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(plain(record));
      const [listed] = await elsewhere().sessions.list(partition, clock.now());
      expect(plain(listed)).toEqual(plain(record));
    });

    it('shows and revokes a session only in its own partition', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      const record = await insert(partition, aRecord(clock.now()));
      expect(await sessions().find(other, record.id)).toBeUndefined();
      expect(await list(other)).toEqual([]);
      expect(await sessions().revoke(other, { these: [record.id] }, 'LOGOUT', clock.now())).toEqual(
        { kind: 'revoked', ended: [], left: [] },
      );
      expect(await list(partition)).toEqual([record.id]);
    });

    it('updates the details of a session by touch, which creates no session', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now()));
      const { authenticatedAt } = record;
      const details = Buffer.from('seen again');
      await sessions().touch(partition, record.id, details, authenticatedAt);
      expect(plain(await sessions().find(partition, record.id))).toEqual(
        plain({ ...record, details }),
      );

      const gone = aRecord(clock.now()).id;
      await sessions().touch(partition, gone, details, authenticatedAt);
      expect(await sessions().find(partition, gone)).toBeUndefined();
      expect(await list(partition)).toEqual([record.id]);
    });
  });

  it('replaces the authentication time with the details by touch, once for callers that expect the earlier time', async () => {
    const partition = aPartition();
    const record = await insert(partition, aRecord(clock.now()));
    const { authenticatedAt } = record;
    const touch = (text: string) =>
      sessions().touch(
        partition,
        record.id,
        Buffer.from(text),
        authenticatedAt,
        authenticatedAt + 1,
      );
    expect([await touch('first'), await touch('second')]).toEqual([true, false]);
    expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(
      plain({ ...record, details: Buffer.from('first'), authenticatedAt: authenticatedAt + 1 }),
    );
  });

  describe('reauthentication', () => {
    it('replaces the details and the authentication time of a reauthenticated session, and nothing else', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now()));
      clock.advance(HOUR);
      const details = Buffer.from('as of now');
      const renewed = { ...record, details, authenticatedAt: clock.now() };
      const { id, authenticatedAt } = record;
      const answer = await sessions().reauthenticate(
        partition,
        id,
        details,
        authenticatedAt,
        clock.now(),
      );
      expect(plain(answer)).toEqual(plain(renewed));
      expect(plain(await elsewhere().sessions.find(partition, record.id))).toEqual(plain(renewed));
    });

    it('refuses session details that were encrypted with an earlier authentication time', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now()));
      clock.advance(HOUR);
      const details = Buffer.from('as of now');
      const { id, authenticatedAt } = record;
      await sessions().reauthenticate(partition, id, details, authenticatedAt, clock.now());
      const late = Buffer.from('as of before');
      await elsewhere().sessions.touch(partition, record.id, late, record.authenticatedAt);
      const found = await sessions().find(partition, record.id);
      expect(plain(found)).toEqual(plain({ ...record, details, authenticatedAt: clock.now() }));
    });

    it('refuses to replace session details that were read before another change of the authentication time', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now()));
      const { id, authenticatedAt } = record;
      const bound = Buffer.from('bound to a device');
      await elsewhere().sessions.touch(partition, id, bound, authenticatedAt, authenticatedAt + 1);
      clock.advance(HOUR);
      const late = Buffer.from('read before');
      expect(
        await sessions().reauthenticate(partition, id, late, authenticatedAt, clock.now()),
      ).toBeUndefined();
      const found = await sessions().find(partition, id);
      expect(Buffer.from(found?.details ?? [])).toEqual(bound);
    });

    it('refuses to reauthenticate a session that has ended or expired', async () => {
      const partition = aPartition();
      const [ended, expired] = [
        await insert(partition, aRecord(clock.now())),
        await insert(partition, aRecord(clock.now(), { expiresAt: clock.now() + HOUR })),
      ];
      await sessions().revoke(partition, { these: [ended.id] }, 'LOGOUT', clock.now());
      clock.advance(HOUR);
      for (const { id, authenticatedAt } of [ended, expired]) {
        const details = Buffer.from('as of now');
        expect(
          await sessions().reauthenticate(partition, id, details, authenticatedAt, clock.now()),
        ).toBeUndefined();
      }
      expect(await sessions().find(partition, ended.id)).toBeUndefined();
    });
  });

  describe('session limit', () => {
    it('ends as many of the sessions that expire next as a limited insertion needs, whenever they were created', async () => {
      const partition = aPartition();
      const refreshed = await insert(partition, aRecord(clock.now() - 3));
      const [first, second] = await insertMany(partition, 2);
      await sessions().rotate(partition, refreshed.id, aRotation(refreshed), clock.now());
      const newest = aRecord(clock.now());
      const limit = { max: 2, onLimit: 'evict-soonest-expiring' } as const;
      const outcome = await sessions().insert(partition, newest, limit, clock.now());
      expect(outcome).toMatchObject({
        kind: 'inserted',
        ended: [
          { sessionId: first?.id, reason: 'LIMIT_EXCEEDED', revokedAt: clock.now() },
          { sessionId: second?.id, reason: 'LIMIT_EXCEEDED', revokedAt: clock.now() },
        ],
      });
      expect(await list(partition)).toEqual(idsOf([refreshed, newest]));
    });

    it('refuses a session beyond the limit when that is the policy', async () => {
      const partition = aPartition();
      const records = await insertMany(partition, 2);
      const limit = { max: 2, onLimit: 'refuse-new' } as const;
      const refused = aRecord(clock.now());
      expect(await sessions().insert(partition, refused, limit, clock.now())).toEqual({
        kind: 'full',
        ended: [],
      });
      expect(await sessions().find(partition, refused.id)).toBeUndefined();
      expect(await list(partition)).toEqual(idsOf(records));
    });

    it('does not count expired sessions towards the limit, and ends them with EXPIRED', async () => {
      const partition = aPartition();
      const expired = await insert(
        partition,
        aRecord(clock.now(), { expiresAt: clock.now() + HOUR }),
      );
      clock.advance(HOUR);
      const fresh = aRecord(clock.now());
      const limit = { max: 1, onLimit: 'refuse-new' } as const;
      expect(await sessions().insert(partition, fresh, limit, clock.now())).toMatchObject({
        kind: 'inserted',
        ended: [{ sessionId: expired.id, reason: 'EXPIRED' }],
      });
    });
  });

  describe('expiry of more sessions than one step ends', () => {
    const many = 2 * EXPIRED_AT_ONCE + 50;
    const expiredAndLiving = async () => {
      const partition = aPartition();
      const expiresAt = clock.now() + HOUR;
      await inBatches(Array.from({ length: many }), () =>
        insert(partition, aRecord(clock.now(), { expiresAt })),
      );
      const living = [];
      for (const age of [2, 1]) {
        living.push(await insert(partition, aRecord(clock.now() - age)));
      }
      clock.advance(HOUR);
      return { partition, living };
    };
    const endedAs = ({ ended }: { readonly ended: readonly EndedSession[] }) =>
      ended.map(({ reason }) => reason);
    const expired = (count: number) => Array.from({ length: count }, () => 'EXPIRED');

    it('counts no expired session towards the limit while more remain than one step ends', async () => {
      const { partition } = await expiredAndLiving();
      const [first, second] = [1, 2].map(() => aRecord(clock.now()));
      const refuse = { max: 3, onLimit: 'refuse-new' } as const;
      const add = (record: SessionRecord | undefined, limit: SessionLimit) =>
        sessions().insert(partition, record as SessionRecord, limit, clock.now());

      const inserted = await add(first, refuse);
      expect(inserted.kind).toBe('inserted');
      expect(endedAs(inserted)).toEqual(expired(EXPIRED_AT_ONCE));
      const full = await add(second, refuse);
      expect(full.kind).toBe('full');
      expect(endedAs(full)).toEqual(expired(EXPIRED_AT_ONCE));
    });

    it('ends a live session to make room even while more expired ones remain than one step ends', async () => {
      const { partition, living } = await expiredAndLiving();
      const [next, last] = living;
      const newest = aRecord(clock.now());
      const limit = { max: 2, onLimit: 'evict-soonest-expiring' } as const;
      const { ended } = await sessions().insert(partition, newest, limit, clock.now());
      expect(ended).toHaveLength(EXPIRED_AT_ONCE + 1);
      expect(ended.at(-1)).toMatchObject({ sessionId: next?.id, reason: 'LIMIT_EXCEEDED' });
      expect(await list(partition)).toEqual(idsOf([last as SessionRecord, newest]));
    });

    it('returns a next expiry that is already due while more expired sessions remain than one step ends', async () => {
      const { partition, living } = await expiredAndLiving();
      const told = new Set<string>();
      for (const count of [EXPIRED_AT_ONCE, EXPIRED_AT_ONCE]) {
        const { ended, next } = await sessions().expire(partition, clock.now());
        expect(ended).toHaveLength(count);
        expect(next).toBe(clock.now());
        for (const { sessionId } of ended) told.add(sessionId);
      }
      const { ended, next } = await sessions().expire(partition, clock.now());
      expect(ended).toHaveLength(50);
      expect(next).toBe(living[0]?.expiresAt);
      for (const { sessionId } of ended) told.add(sessionId);
      expect(told.size).toBe(many);
    });
  });

  describe('revocation', () => {
    it('ends one session, all but one, or all, and returns those that ended', async () => {
      const partition = aPartition();
      const [first, second, third, fourth] = await insertMany(partition, 4);
      const ended = async (...args: Parameters<typeof revoke>) =>
        (await revoke(...args)).ended.map(({ sessionId }) => sessionId).sort();
      const revoke = (selection: Parameters<ReturnType<typeof sessions>['revoke']>[1]) =>
        sessions().revoke(partition, selection, 'LOGOUT', clock.now());
      const of = (...records: (SessionRecord | undefined)[]) => idsOf(records as SessionRecord[]);

      expect(await ended({ these: [(first as SessionRecord).id] })).toEqual(of(first));
      expect(await ended({ allBut: (second as SessionRecord).id })).toEqual(of(third, fourth));
      expect(await list(partition)).toEqual(of(second));
      expect(await ended('all')).toEqual(of(second));
      expect(await list(partition)).toEqual([]);
    });

    it('ends a session once and returns nothing for a second revocation', async () => {
      const partition = aPartition();
      const record = await insert(partition, aRecord(clock.now()));
      const revoke = () =>
        sessions().revoke(partition, { these: [record.id] }, 'LOGOUT', clock.now());
      expect(await revoke()).toMatchObject({
        ended: [{ sessionId: record.id, reason: 'LOGOUT' }],
        left: [],
      });
      expect(await revoke()).toEqual({ kind: 'revoked', ended: [], left: [] });
      expect(await elsewhere().sessions.find(partition, record.id)).toBeUndefined();
    });

    it('ends a bounded number of sessions in one revocation step and returns the ids of the rest', async () => {
      const partition = aPartition();
      const records = await insertMany(partition, 2 * REVOKED_AT_ONCE + 2);
      const kept = records[0] as SessionRecord;
      const first = await sessions().revoke(
        partition,
        { allBut: kept.id },
        'LOGOUT_ALL',
        clock.now(),
      );
      expect(first.ended).toHaveLength(REVOKED_AT_ONCE);
      expect(first.left).toHaveLength(REVOKED_AT_ONCE + 1);
      expect(await list(partition)).toEqual([kept.id, ...first.left].sort());

      const second = await sessions().revoke(
        partition,
        { these: first.left },
        'LOGOUT_ALL',
        clock.now(),
      );
      expect(second.ended).toHaveLength(REVOKED_AT_ONCE);
      expect(await list(partition)).toEqual([kept.id, ...second.left].sort());
      expect(second.left).toHaveLength(1);
    });

    it('revokes expired sessions with EXPIRED, whatever reason is given', async () => {
      const partition = aPartition();
      const expired = await insert(
        partition,
        aRecord(clock.now(), { expiresAt: clock.now() + HOUR }),
      );
      const living = await insert(partition, aRecord(clock.now()));
      clock.advance(HOUR);
      const { ended } = await sessions().revoke(partition, 'all', 'LOGOUT_ALL', clock.now());
      expect(new Map(ended.map(({ sessionId, reason }) => [sessionId, reason]))).toEqual(
        new Map([
          [expired.id, 'EXPIRED'],
          [living.id, 'LOGOUT_ALL'],
        ]),
      );
    });
  });

  describe('expiry', () => {
    it('removes a session from the list at its timeout, reports its expiry once, and returns the next expiry', async () => {
      const partition = aPartition();
      const soon = await insert(partition, aRecord(clock.now(), { expiresAt: clock.now() + HOUR }));
      const later = await insert(partition, aRecord(clock.now()));
      expect(await sessions().expire(partition, clock.now())).toEqual({
        ended: [],
        next: soon.expiresAt,
      });
      clock.advance(HOUR);
      expect(await list(partition)).toEqual([later.id]);
      expect(await sessions().expire(partition, clock.now())).toMatchObject({
        ended: [{ sessionId: soon.id, reason: 'EXPIRED', revokedAt: clock.now() }],
        next: later.expiresAt,
      });
      expect(await elsewhere().sessions.expire(partition, clock.now())).toEqual({
        ended: [],
        next: later.expiresAt,
      });
      clock.advance(HOUR);
      expect(await sessions().expire(partition, clock.now())).toMatchObject({
        ended: [{ sessionId: later.id }],
        next: undefined,
      });
    });
  });
}
