import type { Challenge, ChallengeStore } from '../../sign-in/challenge.js';
import { rethrowAsUnavailable } from './connection/outages.js';
import type { RedisClient } from './connection/client.js';
import type { Deadlines } from './scripts/deadlines.js';
import { scripts } from './scripts/generated/scripts.js';
import type { RedisKeys } from './keys.js';
import { script } from './scripts/index.js';

/**
 * Challenges in Redis: kept by its TTL, taken by `GETDEL`, which is atomic. It has a deadline, since who was
 * told that nothing was decided comes again with the same signature.
 */
export function createRedisChallengeStore(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): ChallengeStore {
  const take = script<Buffer | null>(redis, 'take', scripts.take, deadlines);
  return {
    async put(nonceHash, challenge, now) {
      const ttl = challenge.expiresAt - now;
      await rethrowAsUnavailable(
        redis.set(keys.challenge(nonceHash), JSON.stringify(challenge), 'PX', ttl),
      );
    },
    async find(nonceHash) {
      return read(await rethrowAsUnavailable(redis.get(keys.challenge(nonceHash))));
    },
    async take(nonceHash) {
      return read(await take([keys.challenge(nonceHash)]));
    },
  };
}

function read(stored: string | Buffer | null): Challenge | undefined {
  return stored === null ? undefined : (JSON.parse(String(stored)) as Challenge);
}
