import type { Challenge, ChallengeStore } from '../../sign-in/challenge.js';
import { rethrowAsUnavailable, type RedisClient } from './connection/index.js';
import type { RedisKeys } from './keys.js';
import { defineGatheredScript, type Deadlines } from './scripts/index.js';

/**
 * Challenges in Redis: their TTL expires them, and `GETDEL` takes each one once. Taking has a deadline, since a
 * client that was told of a failure signs in again with the same signature.
 */
export function createRedisChallengeStore(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): ChallengeStore {
  const take = defineGatheredScript<Buffer | null>(redis, 'take', deadlines);
  return {
    async put(nonceHash, challenge, now) {
      const ttl = challenge.expiresAt - now;
      await rethrowAsUnavailable(
        redis.set(keys.challenge(nonceHash), JSON.stringify(challenge), 'PX', ttl),
      );
    },
    async find(nonceHash) {
      return parse(await rethrowAsUnavailable(redis.get(keys.challenge(nonceHash))));
    },
    async take(nonceHash) {
      return parse(await take([keys.challenge(nonceHash)]));
    },
  };
}

function parse(stored: string | Buffer | null): Challenge | undefined {
  return stored === null ? undefined : (JSON.parse(String(stored)) as Challenge);
}
