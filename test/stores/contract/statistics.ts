import type { StoreUnderTest } from './store-under-test.js';
import { partitionOf } from '../../../src/accounts/wallet.js';

const HOUR = 60 * 60_000;

export function describeStatistics({ clock, store, elsewhere }: StoreUnderTest): void {
  /** An hour that no other test counts in. */
  let count = 0;
  const anHour = () => clock.now() - (clock.now() % HOUR) + 10 * HOUR * (count += 1);

  describe('statistics', () => {
    it('adds up the positive and negative counts of all instances for each hour', async () => {
      const hour = anHour();
      const add = (at: number, name: string, by: number, instance = store()) =>
        instance.statistics.add(at, new Map([[name, by]]), [], clock.now());
      await Promise.all([
        add(hour, 'a', 2),
        add(hour, 'a', 3, elsewhere()),
        add(hour, 'b', -1),
        add(hour + HOUR, 'a', 7),
      ]);
      expect(await elsewhere().statistics.read([hour, hour + HOUR, hour + 2 * HOUR])).toEqual([
        new Map([
          ['a', 5],
          ['b', -1],
        ]),
        new Map([['a', 7]]),
        new Map(),
      ]);
    });

    it('counts each active wallet once, however often and in however many hours it was active', async () => {
      const hour = anHour();
      // Fixed wallets: the count is an estimate, which would sometimes be off for random ones.
      const wallets = ['1', '2', '3'].map((digit) => partitionOf(`eip155:0:0x${digit.repeat(40)}`));
      const see = (at: number, seen: typeof wallets) =>
        store().statistics.add(at, new Map(), seen, clock.now());
      await see(hour, wallets.slice(0, 2));
      await see(hour, wallets.slice(0, 2));
      await see(hour + HOUR, wallets.slice(1));
      expect(await elsewhere().statistics.countWallets([hour])).toBe(2);
      expect(await elsewhere().statistics.countWallets([hour, hour + HOUR])).toBe(3);
      expect(await elsewhere().statistics.countWallets([hour + 5 * HOUR])).toBe(0);
    });
  });
}
