/** The outcomes of a validation that asks the store. For callers, all but the first two are the same. */
const VALIDATION_OUTCOMES = [
  'valid',
  /** The store did not answer. */
  'unavailable',
  /** The string is not an access token. */
  'malformed',
  /** The store has no such session. */
  'unknown',
  'expired',
  /** The session has another token: this one is superseded or forged. */
  'mismatched',
  /** The record in the store was tampered with. */
  'altered',
  /** The session is bound to a key, and its proof was missing or refused. Also counted if the near-cache had the session. */
  'unproven',
] as const;

/** One of {@link VALIDATION_OUTCOMES}. */
export type ValidationOutcome = (typeof VALIDATION_OUTCOMES)[number];

/** Counts validations since the start by outcome, without those that the near-cache answered. */
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
