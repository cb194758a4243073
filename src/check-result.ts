/** The result of a check of `doctor`. */
export interface CheckResult {
  /** The name of the check. */
  readonly check: string;
  /** A warning is an acceptable risk; a problem must be fixed. */
  readonly verdict: 'ok' | 'warning' | 'problem';
  /** The finding and its consequence. */
  readonly meaning: string;
  /** What to change, if anything. */
  readonly remedy?: string | undefined;
}

export const ok = (check: string, meaning: string): CheckResult => ({
  check,
  verdict: 'ok',
  meaning,
});

export const warning = (check: string, meaning: string, remedy: string): CheckResult => ({
  check,
  verdict: 'warning',
  meaning,
  remedy,
});

export const problem = (check: string, meaning: string, remedy: string): CheckResult => ({
  check,
  verdict: 'problem',
  meaning,
  remedy,
});
