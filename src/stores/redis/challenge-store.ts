import type { Challenge, ChallengeStore } from '../../sign-in/challenge.js';
import { answered } from './answered.js';
import type { RedisClient } from './connect.js';
import type { RedisKeys } from './keys.js';

/** Challenges in Redis: kept by its TTL, taken by `GETDEL`, which is atomic. */
export function createRedisChallengeStore(redis: RedisClient, keys: RedisKeys): ChallengeStore {
  return {
    async put(nonceHash, challenge, now) {
      const ttl = challenge.expiresAt - now;
      await answered(redis.set(keys.challenge(nonceHash), JSON.stringify(challenge), 'PX', ttl));
    },
    async find(nonceHash) {
      return read(await answered(redis.get(keys.challenge(nonceHash))));
    },
    async take(nonceHash) {
      return read(await answered(redis.getdel(keys.challenge(nonceHash))));
    },
  };
}

function read(stored: string | null): Challenge | undefined {
  return stored === null ? undefined : (JSON.parse(stored) as Challenge);
}
