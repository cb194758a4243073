import { hashNonce, newNonce, type Challenge } from '../../../src/sign-in/challenge.js';
import type { StoreUnderTest } from '../contract.js';

export function describeChallenges({ clock, store, elsewhere }: StoreUnderTest): void {
  const put = async (overrides: Partial<Challenge> = {}) => {
    const hash = hashNonce(newNonce());
    const challenge = { issuedAt: clock.now(), expiresAt: clock.now() + 300_000, ...overrides };
    await store().challenges.put(hash, challenge, clock.now());
    return { hash, challenge };
  };

  describe('keeps challenges', () => {
    it.each<[string, Partial<Challenge>]>([
      ['without an address or a chain', {}],
      ['with both', { address: `0x${'aB'.repeat(20)}`, chainId: 8453 }],
    ])('%s, and gives each back as it was', async (_what, overrides) => {
      const { hash, challenge } = await put(overrides);
      expect(await elsewhere().challenges.take(hash)).toEqual(challenge);
    });

    it('to be taken once, also by twenty at once', async () => {
      const { hash } = await put();
      const taken = await Promise.all(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? store() : elsewhere()).challenges.take(hash),
        ),
      );
      expect(taken.filter((challenge) => challenge !== undefined)).toHaveLength(1);
    });

    it('to be found, without being taken', async () => {
      const { hash, challenge } = await put();
      expect(await elsewhere().challenges.find(hash)).toEqual(challenge);
      expect(await store().challenges.take(hash)).toEqual(challenge);
      expect(await elsewhere().challenges.find(hash)).toBeUndefined();
    });

    it('and knows no other', async () => {
      expect(await store().challenges.find(hashNonce(newNonce()))).toBeUndefined();
      expect(await store().challenges.take(hashNonce(newNonce()))).toBeUndefined();
    });
  });
}
