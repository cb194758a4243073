/** The exit codes of the process. Codes from 64 are those of sysexits.h. */
export const EXIT_CODES = {
  OK: 0,
  /** The command failed or has a finding: the session does not exist, or the doctor found a problem. */
  FAILED: 1,
  /** Invalid command, argument or option. */
  USAGE: 2,
  /** The store is unavailable: Redis does not answer, or another process has the embedded store open. */
  UNAVAILABLE: 69,
  /** An environment variable is invalid. */
  CONFIGURATION: 78,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
