import type { SessionRecord } from '../../../src/sessions/record.js';
import { REVOKED_AT_ONCE, type Authority } from '../../../src/sessions/store.js';
import type { Partition } from '../../../src/accounts/wallet.js';
import { inBatches } from '../../harness/batches.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

export function describeEndingOthers({ clock, store, elsewhere }: StoreUnderTest): void {
  const sessions = () => store().sessions;
  const insert = async (partition: Partition, record = aRecord(clock.now())) => {
    await sessions().insert(partition, record, NO_LIMIT, clock.now());
    return record;
  };
  const insertAlone = (partition: Partition, record: SessionRecord) =>
    elsewhere().sessions.insert(partition, record, 'end-others', clock.now());
  const list = async (partition: Partition) => idsOf(await sessions().list(partition, clock.now()));

  describe('insertion that ends all other sessions', () => {
    it('inserts a session in place of all others, ending live ones with LOGOUT_ALL and expired ones with EXPIRED', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      const living = [await insert(partition), await insert(partition)];
      const expired = await insert(partition, aRecord(clock.now(), { expiresAt: clock.now() }));
      const stranger = await insert(other);
      const newest = aRecord(clock.now());
      const { kind, ended } = await insertAlone(partition, newest);
      expect(kind).toBe('inserted');
      expect(new Map(ended.map(({ sessionId, reason }) => [sessionId, reason]))).toEqual(
        new Map([...living.map(({ id }) => [id, 'LOGOUT_ALL'] as const), [expired.id, 'EXPIRED']]),
      );
      expect(await list(partition)).toEqual([newest.id]);
      expect(await list(other)).toEqual([stranger.id]);
    });

    it('notifies subscribers of each session that an insertion ends', async () => {
      const partition = aPartition();
      const old = await insert(partition);
      let tell = (_revocation: object) => {};
      const heard = new Promise<object>((resolve) => (tell = resolve));
      const watch = await store().revocations.watch(partition, (revocation) => {
        tell(revocation);
      });
      await insertAlone(partition, aRecord(clock.now()));
      expect(await heard).toMatchObject({ sessionId: old.id, reason: 'LOGOUT_ALL' });
      watch.stop();
    });

    it('inserts a session only in the step that ends the last of the others', async () => {
      const partition = aPartition();
      await inBatches(Array.from({ length: 2 * REVOKED_AT_ONCE + 1 }), () => insert(partition));
      const newest = aRecord(clock.now());
      for (const left of [REVOKED_AT_ONCE + 1, 1]) {
        const { kind, ended } = await insertAlone(partition, newest);
        expect(kind).toBe('crowded');
        expect(ended).toHaveLength(REVOKED_AT_ONCE);
        const there = await list(partition);
        expect(there).toHaveLength(left);
        expect(there).not.toContain(newest.id);
      }
      const { kind, ended } = await insertAlone(partition, newest);
      expect(kind).toBe('inserted');
      expect(ended).toHaveLength(1);
      expect(await list(partition)).toEqual([newest.id]);
    });

    it('leaves only the inserted session, whatever happens to the others concurrently', async () => {
      for (let round = 0; round < 50; round += 1) {
        const partition = aPartition();
        const stolen = [await insert(partition), await insert(partition)] as const;
        const [one, other] = stolen;
        const newest = aRecord(clock.now() + 1);
        const authority: Authority = {
          session: one.id,
          authenticatedAt: one.authenticatedAt,
          freshAfter: clock.now(),
          onProtected: 'refuse',
        };
        const allBut = { allBut: one.id };
        const moves = [
          () => sessions().rotate(partition, one.id, aRotation(one), clock.now()),
          () => sessions().touch(partition, one.id, Buffer.from('seen'), one.authenticatedAt),
          () => sessions().revoke(partition, allBut, 'LOGOUT_ALL', clock.now(), authority),
          () => insertAlone(partition, newest),
          () => sessions().revoke(partition, allBut, 'LOGOUT_ALL', clock.now(), authority),
          () => sessions().rotate(partition, other.id, aRotation(other), clock.now()),
          () => sessions().revoke(partition, 'all', 'LOGOUT_ALL', clock.now(), authority),
        ];
        await Promise.all(moves.map((move) => move()));
        expect(await list(partition)).toEqual([newest.id]);
      }
    });
  });
}
