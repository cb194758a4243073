/** What an examination found out about one thing. */
export interface CheckResult {
  /** What was looked at. */
  readonly check: string;
  /** A warning is a risk that one may want to take; a problem is none. */
  readonly verdict: 'ok' | 'warning' | 'problem';
  /** What is the case, and what that means. */
  readonly meaning: string;
  /** What to change, where something should be. */
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
