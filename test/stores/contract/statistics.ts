import type { StoreUnderTest } from '../contract.js';
import { partitionOf } from '../../../src/session/wallet.js';

const HOUR = 60 * 60_000;

export function describeStatistics({ clock, store, elsewhere }: StoreUnderTest): void {
  /** An hour that no other test counts in. */
  let count = 0;
  const anHour = () => clock.now() - (clock.now() % HOUR) + 10 * HOUR * (count += 1);

  describe('counts', () => {
    it('up and down, from all instances, each hour by itself', async () => {
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

    it('wallets, each once however often and in how many hours it is seen', async () => {
      const hour = anHour();
      // Always the same ones: an estimate of random ones would now and then be off.
      const wallets = ['1', '2', '3'].map((digit) => partitionOf(`0x${digit.repeat(40)}`));
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
