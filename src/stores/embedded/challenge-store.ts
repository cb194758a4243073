import type { ChallengeStore } from '../../sign-in/challenge.js';
import { read, transact, type Tables } from './tables.js';

/** Challenges in LMDB. LMDB runs one transaction at a time, so each challenge is taken once. */
export function createEmbeddedChallengeStore(tables: Tables): ChallengeStore {
  const { challenges, challengeExpiries } = tables;
  return {
    put: (nonceHash, challenge) =>
      transact(tables, () => {
        void challenges.put(nonceHash, challenge);
        void challengeExpiries.put([challenge.expiresAt, nonceHash], true);
      }),
    find: (nonceHash) => read(() => challenges.get(nonceHash)),
    take: (nonceHash) =>
      transact(tables, () => {
        const challenge = challenges.get(nonceHash);
        if (challenge === undefined) return undefined;
        void challenges.remove(nonceHash);
        void challengeExpiries.remove([challenge.expiresAt, nonceHash]);
        return challenge;
      }),
  };
}
