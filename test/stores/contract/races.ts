import type { Revocation } from '../../../src/session/session.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT } from '../../harness/record.js';
import type { StoreUnderTest } from '../contract.js';

/** How often each race is run. */
const ROUNDS = 10_000;
/** How many of them are under way at once. */
const AT_ONCE = 500;

export function describeRaces({ clock, store, elsewhere }: StoreUnderTest): void {
  const here = () => store().sessions;
  const there = () => elsewhere().sessions;

  describe('under races', () => {
    it(`brings no ended session back in ${ROUNDS} rounds of revoke against rotate and touch`, async () => {
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
        const steps = [revoke, rotate, touch, rotate, touch];
        // Each round begins with another one of them.
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
      // So many rounds take long where the machine has other things to do.
    }, 900_000);

    it('never leaves more sessions than the limit when fifty are inserted at once', async () => {
      const partition = aPartition();
      const limit = { max: 3, whenFull: 'end-next-to-expire' } as const;
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

    it('lets exactly as many in as there is room for, where the new one is refused', async () => {
      const partition = aPartition();
      const limit = { max: 3, whenFull: 'refuse-new' } as const;
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const at = index % 2 === 0 ? here() : there();
          return at.insert(partition, aRecord(clock.now()), limit, clock.now());
        }),
      );
      expect(outcomes.filter(({ kind }) => kind === 'inserted')).toHaveLength(3);
    });

    it('rotates once when a token is exchanged twenty times at once, and repeats it otherwise', async () => {
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

    it('ends each session once, whoever of twenty ends it', async () => {
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
