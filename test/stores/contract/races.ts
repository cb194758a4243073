import type { Revocation } from '../../../src/sessions/session.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

/** The number of rounds of each race. */
const ROUNDS = 10_000;
/** The number of rounds that run concurrently. */
const AT_ONCE = 500;

export function describeRaces({ clock, store, elsewhere }: StoreUnderTest): void {
  const here = () => store().sessions;
  const there = () => elsewhere().sessions;

  describe('concurrent operations', () => {
    it(`never revives a revoked session in ${ROUNDS} rounds of revoke against rotate, touch and markUsed`, async () => {
      const resurrected: string[] = [];
      const round = async (position: number) => {
        const partition = aPartition();
        const record = aRecord(clock.now());
        await here().insert(partition, record, NO_LIMIT, clock.now());
        const revoke = () =>
          there().revoke(partition, { these: [record.id] }, 'LOGOUT', clock.now());
        const rotate = () => here().rotate(partition, record.id, aRotation(record), clock.now());
        const touch = () =>
          here().touch(partition, record.id, Buffer.from('seen'), record.authenticatedAt);
        const mark = () => here().markUsed(partition, record.id, 1);
        const steps = [revoke, rotate, touch, mark, rotate, touch];
        // Each round begins with a different step.
        const order = steps.map((_, index) => steps[(index + position) % steps.length] ?? revoke);
        await Promise.all(order.map((step) => step()));
        const [found, listed] = await Promise.all([
          here().find(partition, record.id),
          there().list(partition, clock.now()),
        ]);
        if (found !== undefined || [...listed].length > 0) resurrected.push(record.id);
      };
      for (let start = 0; start < ROUNDS; start += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => round(start + index)));
      }
      expect(resurrected).toEqual([]);
      // The rounds take long on a busy machine.
    }, 900_000);

    it('never exceeds the session limit when fifty sessions are inserted concurrently', async () => {
      const partition = aPartition();
      const limit = { max: 3, onLimit: 'evict-soonest-expiring' } as const;
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const at = index % 2 === 0 ? here() : there();
          return at.insert(partition, aRecord(clock.now()), limit, clock.now());
        }),
      );
      const ended = outcomes.flatMap((outcome) => (outcome.kind === 'full' ? [] : outcome.ended));
      expect(ended).toHaveLength(47);
      expect(new Set(ended.map(({ sessionId }) => sessionId)).size).toBe(47);
      expect([...(await here().list(partition, clock.now()))]).toHaveLength(3);
    });

    it('inserts exactly as many concurrent sessions as the limit allows when new ones are refused', async () => {
      const partition = aPartition();
      const limit = { max: 3, onLimit: 'refuse-new' } as const;
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const at = index % 2 === 0 ? here() : there();
          return at.insert(partition, aRecord(clock.now()), limit, clock.now());
        }),
      );
      expect(outcomes.filter(({ kind }) => kind === 'inserted')).toHaveLength(3);
    });

    it('rotates a refresh token once and repeats the result when it is exchanged twenty times concurrently', async () => {
      const partition = aPartition();
      const record = aRecord(clock.now());
      await here().insert(partition, record, NO_LIMIT, clock.now());
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const at = index % 2 === 0 ? here() : there();
          return at.rotate(partition, record.id, aRotation(record), clock.now());
        }),
      );
      expect(outcomes.filter(({ kind }) => kind === 'rotated')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'repeated')).toHaveLength(19);
    });

    it('reports the end of each session to exactly one of twenty concurrent callers', async () => {
      const partition = aPartition();
      const records = Array.from({ length: 10 }, () => aRecord(clock.now()));
      for (const record of records) await here().insert(partition, record, NO_LIMIT, clock.now());
      const ended = await Promise.all(
        Array.from({ length: 20 }, async (_, index): Promise<readonly Revocation[]> => {
          const at = index % 2 === 0 ? here() : there();
          return (await at.revoke(partition, 'all', 'LOGOUT_ALL', clock.now())).ended;
        }),
      );
      expect(
        ended
          .flat()
          .map(({ sessionId }) => sessionId)
          .sort(),
      ).toEqual(idsOf(records));
    });
  });
}
