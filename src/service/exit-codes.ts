/** What the process exits with: what a script can branch on. Those above 64 are of sysexits.h. */
export const EXIT_CODES = {
  OK: 0,
  /** It failed, or it found something: the session is not there, the doctor has a problem to tell of. */
  FAILED: 1,
  /** Invalid command, argument or option. */
  USAGE: 2,
  /** The store cannot be had: Redis does not answer, or another process has the embedded store open. */
  UNAVAILABLE: 69,
  /** An environment variable is wrong. */
  CONFIGURATION: 78,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
