import type { KeyRing } from '../../sessions/key-ring.js';
import { keyIdOf } from '../../sessions/encryption.js';
import type { SessionRecord } from '../../sessions/store.js';
import type { RemainingUse } from './report.js';

/** Counts, of each key but the current one, what still needs it. */
export interface Tally {
  add(record: SessionRecord): void;
  result(): readonly RemainingUse[];
}

interface Use {
  records: number;
  tokens: number;
  tokensExpireAt: number | undefined;
}

export function createTally(keys: KeyRing): Tally {
  const uses = new Map<string, Use>();
  const useOf = (keyId: string): Use => {
    const use = uses.get(keyId) ?? { records: 0, tokens: 0, tokensExpireAt: undefined };
    uses.set(keyId, use);
    return use;
  };
  // An old key that nothing needs any more is told of, too.
  for (const keyId of keys.ids) useOf(keyId);
  return {
    add({ details, keyId, expiresAt }) {
      useOf(keyIdOf(details)).records += 1;
      const use = useOf(keyId);
      use.tokens += 1;
      use.tokensExpireAt = Math.max(use.tokensExpireAt ?? 0, expiresAt);
    },
    result: () =>
      Array.from(uses, ([keyId, use]) => ({ keyId, isKnown: keys.has(keyId), ...use })).filter(
        ({ keyId }) => keyId !== keys.currentId,
      ),
  };
}
