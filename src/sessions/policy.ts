import { defaultsOf, withDefault, type ValuesOf } from '../options.js';
import { choice, duration, integer } from '../setting-types.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SESSION_SETTINGS = {
  /** The idle timeout: a session expires after this time without a refresh. Milliseconds. */
  timeout: withDefault(2 * HOUR, duration(SECOND)),
  /** The time before the idle timeout in which a client should refresh. Milliseconds. */
  refreshWindow: withDefault(30 * MINUTE, duration()),
  /** The absolute timeout: a session expires after this time even if it is refreshed. Milliseconds. */
  absoluteTimeout: withDefault(30 * DAY, duration(SECOND)),
  /**
   * How long a repeated refresh returns the same tokens, unless the new refresh token has been used. Milliseconds. A later
   * repetition revokes the session, or replaces the new tokens if they were never used. With 0, every repetition revokes
   * the session.
   */
  refreshGrace: withDefault(30 * SECOND, duration()),
  /** Maximum number of concurrent sessions per wallet; 0 means no limit. */
  limit: withDefault(10, integer(0, 10_000)),
  /**
   * What happens to a sign-in over `limit`: evict-soonest-expiring revokes the session that would expire next, usually the one
   * unused for longest; refuse-new refuses the sign-in.
   */
  onLimit: withDefault('evict-soonest-expiring', choice(['evict-soonest-expiring', 'refuse-new'])),
  /** Minimum interval between two updates of the time when a session was last seen. Milliseconds. */
  lastSeenInterval: withDefault(MINUTE, duration(SECOND)),
  /** How long a signature of the wallet counts as fresh. Milliseconds. */
  freshWindow: withDefault(5 * MINUTE, duration(SECOND)),
};

/** How long sessions live and how many a wallet may have. All durations are milliseconds. */
export type SessionPolicy = ValuesOf<typeof SESSION_SETTINGS>;

/** The default timeouts and limits: two hours without a refresh, 30 days in all, ten sessions per wallet. */
export const DEFAULT_SESSION_POLICY: SessionPolicy = defaultsOf(SESSION_SETTINGS);

/** Limits the idle timeout to the absolute timeout (OWASP ASVS 3.3.2). */
export function expiryFrom(policy: SessionPolicy, now: number, absoluteExpiresAt: number): number {
  return Math.min(now + policy.timeout, absoluteExpiresAt);
}

/** The refresh window opens before the session ends, even in a short session. */
export function refreshFrom(policy: SessionPolicy, expiresAt: number): number {
  return expiresAt - Math.min(policy.refreshWindow, policy.timeout);
}
