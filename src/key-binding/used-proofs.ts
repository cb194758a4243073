/**
 * The proofs that were used at this instance, until they would be refused anyway. Bounded: where there are too many, the
 * oldest are forgotten, and every proof that would be refused no later than one of those is refused from then on. So a
 * proof is never accepted twice; under a flood, proofs must be fresher.
 */
export interface UsedProofs {
  /** Whether the proof was used before, or may have been: `forgotten`. */
  stateOf(id: string, acceptableUntil: number): 'unused' | 'used' | 'forgotten';
  /** Notes the use of a proof; false if it was used before. */
  use(id: string, acceptableUntil: number, now: number): boolean;
}

/** About 40 MB. In the two minutes for which proofs are remembered, these are 1,600 requests a second. */
const MAX_PROOFS = 200_000;

/** @param max how many proofs are remembered at most */
export function createUsedProofs(max = MAX_PROOFS): UsedProofs {
  /** In the order of their use, with the last time at which they would be accepted. */
  const used = new Map<string, number>();
  let forgottenUntil = 0;

  function makeRoom(now: number): void {
    for (const [id, until] of used) {
      if (until >= now && used.size < max) return;
      used.delete(id);
      if (until >= now) forgottenUntil = Math.max(forgottenUntil, until);
    }
  }

  return {
    stateOf(id, acceptableUntil) {
      if (used.has(id)) return 'used';
      return acceptableUntil <= forgottenUntil ? 'forgotten' : 'unused';
    },
    use(id, acceptableUntil, now) {
      if (used.has(id) || acceptableUntil <= forgottenUntil) return false;
      makeRoom(now);
      used.set(id, acceptableUntil);
      return true;
    },
  };
}
