/** What a sign-in can do that finds its wallet at the limit. */
export const LIMIT_POLICIES = ['end-next-to-expire', 'refuse-new'] as const;

/** How long sessions live and how many a wallet may have. All durations are milliseconds. */
export interface SessionPolicy {
  /** Idle timeout: how long a session lives without a refresh. Default 2 hours. */
  readonly timeout: number;
  /** How long before the idle timeout the refresh window opens. Default 30 minutes. */
  readonly refreshWindow: number;
  /** Absolute timeout: how long a session lives however often it is refreshed. Default 30 days. */
  readonly absoluteTimeout: number;
  /**
   * How long a repeat of the same refresh gets the same successor tokens, until the successor is itself refreshed. A
   * later repeat is a reuse and ends the session, unless the successor tokens were never used: then others replace them.
   * Default 30 seconds; 0 makes every repeat a reuse.
   */
  readonly refreshGrace: number;
  /** Concurrent sessions per wallet; 0 means no limit. Default 10. */
  readonly limit: number;
  /**
   * What a sign-in over the limit does: end the session that would be the next to expire, which is the one
   * that was not refreshed for longest, or be refused. Default `end-next-to-expire`.
   */
  readonly onLimit: (typeof LIMIT_POLICIES)[number];
  /** The least time between two updates of a session's last-seen time. Default 1 minute. */
  readonly lastSeenInterval: number;
  /** How long after its wallet signed a session counts as freshly authenticated. Default 5 minutes. */
  readonly freshWindow: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Two hours without a refresh, 30 days in all, ten sessions a wallet. */
export const DEFAULT_SESSION_POLICY: SessionPolicy = {
  timeout: 2 * HOUR,
  refreshWindow: 30 * MINUTE,
  absoluteTimeout: 30 * 24 * HOUR,
  refreshGrace: 30_000,
  limit: 10,
  onLimit: 'end-next-to-expire',
  lastSeenInterval: MINUTE,
  freshWindow: 5 * MINUTE,
};

/** @throws RangeError for an idle timeout that could never pass: the absolute one would always come first */
export function assertTimeouts({ timeout, absoluteTimeout }: SessionPolicy): void {
  if (timeout <= absoluteTimeout) return;
  throw new RangeError(
    `sessions.timeout is ${timeout}, but must be at most sessions.absoluteTimeout, ${absoluteTimeout}.`,
  );
}

/** OWASP ASVS 3.3.2: an idle timeout, bounded by an absolute one. */
export function expiryFrom(policy: SessionPolicy, now: number, absoluteExpiresAt: number): number {
  return Math.min(now + policy.timeout, absoluteExpiresAt);
}

/** The refresh window never opens after the session's end, however short the session is. */
export function refreshFrom(policy: SessionPolicy, expiresAt: number): number {
  return expiresAt - Math.min(policy.refreshWindow, policy.timeout);
}
