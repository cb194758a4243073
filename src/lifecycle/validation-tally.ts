/** How a validation can end that asks the store. All but the first two are the same to the caller. */
export const VALIDATION_OUTCOMES = [
  'valid',
  /** The store did not answer; nothing was decided. */
  'unavailable',
  /** What came is no access token. */
  'malformed',
  /** The store has no such session (any more). */
  'unknown',
  'expired',
  /** The session has another token: that one is superseded, or made up. */
  'mismatched',
  /** The record in the store was tampered with. */
  'altered',
] as const;

/** How a validation ended that asked the store. */
export type ValidationOutcome = (typeof VALIDATION_OUTCOMES)[number];

/** Counts validations since the start, for those who measure. Those that the near-cache answered, it counts itself. */
export interface ValidationTally {
  count(outcome: ValidationOutcome): void;
  readonly statistics: () => Readonly<Record<ValidationOutcome, number>>;
}

export function createValidationTally(): ValidationTally {
  const counted = Object.fromEntries(VALIDATION_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    ValidationOutcome,
    number
  >;
  return {
    count(outcome) {
      counted[outcome] += 1;
    },
    statistics: () => ({ ...counted }),
  };
}
