import { randomUUID } from 'node:crypto';
import type { StoreUnderTest } from './store-under-test.js';

const HOUR = 60 * 60_000;

export function describeRateLimits({ store, elsewhere }: StoreUnderTest): void {
  const count = (group: string, key: string, acts = 2, window = HOUR) =>
    store().rateLimits.count(group, key, { acts, window });

  describe('rate limits', () => {
    it('allows the configured number of acts, then none until the window ends', async () => {
      const group = randomUUID();
      expect([await count(group, 'a'), await count(group, 'a')]).toEqual([0, 0]);
      const wait = await count(group, 'a');
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(HOUR);
      expect(await count(group, 'a')).toBeGreaterThan(0);
    });

    it('counts acts separately for each key and each group', async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      expect(await count(one, 'a', 1)).toBe(0);
      expect(await count(one, 'b', 1)).toBe(0);
      expect(await count(other, 'a', 1)).toBe(0);
      expect(await count(one, 'a', 1)).toBeGreaterThan(0);
    });

    it('counts fifty concurrent acts on two instances exactly', async () => {
      const group = randomUUID();
      const waits = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 === 0 ? store() : elsewhere()).rateLimits.count(group, 'a', {
            acts: 20,
            window: HOUR,
          }),
        ),
      );
      expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
    });

    it('starts a new count of acts when the window has ended', async () => {
      const group = randomUUID();
      expect(await count(group, 'a', 1, 1000)).toBe(0);
      let wait = await count(group, 'a', 1, 1000);
      expect(wait).toBeGreaterThan(0);
      // The window is measured by the clock of the store, which the fake clock does not move. `count` returns what is left.
      while (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = await count(group, 'a', 1, 1000);
      }
    });
  });
}
