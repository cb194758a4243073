/** What happens on a sign-in when the wallet has reached its limit. */
export const LIMIT_POLICIES = ['end-next-to-expire', 'refuse-new'] as const;

/** How long sessions live and how many a wallet may have. All durations are milliseconds. */
export interface SessionPolicy {
  /** Idle timeout: how long a session lives without a refresh. Default 2 hours. */
  readonly timeout: number;
  /** How long before the idle timeout the refresh window opens. Default 30 minutes. */
  readonly refreshWindow: number;
  /** Absolute timeout: how long a session lives at most, even if it is refreshed. Default 30 days. */
  readonly absoluteTimeout: number;
  /**
   * How long a repeated refresh returns the same successor tokens, unless the successor has itself been refreshed. A later
   * repeat is a reuse and ends the session, unless the successor tokens were never used: then new ones replace them.
   * Default 30 seconds. With 0, every repeat is a reuse.
   */
  readonly refreshGrace: number;
  /** Concurrent sessions per wallet; 0 means no limit. Default 10. */
  readonly limit: number;
  /**
   * Whether a sign-in at the limit ends the session that would expire next, which is the one that has gone longest without
   * a refresh, or is refused. Default `end-next-to-expire`.
   */
  readonly onLimit: (typeof LIMIT_POLICIES)[number];
  /** The minimum time between two updates of a session's last-seen time. Default 1 minute. */
  readonly lastSeenInterval: number;
  /** How long a session counts as freshly authenticated after its wallet signed. Default 5 minutes. */
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

/** @throws RangeError for an idle timeout that is longer than the absolute timeout, and so would never take effect */
export function assertTimeouts({ timeout, absoluteTimeout }: SessionPolicy): void {
  if (timeout <= absoluteTimeout) return;
  throw new RangeError(
    `sessions.timeout is ${timeout}, but must be at most sessions.absoluteTimeout, ${absoluteTimeout}.`,
  );
}

/** Limits the idle timeout to the absolute timeout (OWASP ASVS 3.3.2). */
export function expiryFrom(policy: SessionPolicy, now: number, absoluteExpiresAt: number): number {
  return Math.min(now + policy.timeout, absoluteExpiresAt);
}

/** The refresh window opens before the session ends, even in a short session. */
export function refreshFrom(policy: SessionPolicy, expiresAt: number): number {
  return expiresAt - Math.min(policy.refreshWindow, policy.timeout);
}
