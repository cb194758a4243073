import { hashNonce, newNonce, type Challenge } from '../../../src/sign-in/challenge.js';
import type { StoreUnderTest } from './store-under-test.js';

export function describeChallenges({ clock, store, elsewhere }: StoreUnderTest): void {
  const put = async (overrides: Partial<Challenge> = {}) => {
    const hash = hashNonce(newNonce());
    const challenge = { issuedAt: clock.now(), expiresAt: clock.now() + 300_000, ...overrides };
    await store().challenges.put(hash, challenge, clock.now());
    return { hash, challenge };
  };

  describe('challenges', () => {
    it.each<[string, Partial<Challenge>]>([
      ['without an address or a chain', {}],
      [
        'with an account and a chain',
        { account: `eip155:8453:0x${'aB'.repeat(20)}`, chainId: 'eip155:8453' },
      ],
    ])('returns a challenge %s unchanged', async (_what, overrides) => {
      const { hash, challenge } = await put(overrides);
      expect(await elsewhere().challenges.take(hash)).toEqual(challenge);
    });

    it('hands out a challenge once, even when twenty callers take it concurrently', async () => {
      const { hash } = await put();
      const taken = await Promise.all(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? store() : elsewhere()).challenges.take(hash),
        ),
      );
      expect(taken.filter((challenge) => challenge !== undefined)).toHaveLength(1);
    });

    it('finds a challenge without taking it', async () => {
      const { hash, challenge } = await put();
      expect(await elsewhere().challenges.find(hash)).toEqual(challenge);
      expect(await store().challenges.take(hash)).toEqual(challenge);
      expect(await elsewhere().challenges.find(hash)).toBeUndefined();
    });

    it('returns undefined for the challenge of an unknown nonce', async () => {
      expect(await store().challenges.find(hashNonce(newNonce()))).toBeUndefined();
      expect(await store().challenges.take(hashNonce(newNonce()))).toBeUndefined();
    });
  });
}
