import { defaultsOf, withDefault, type ValuesOf } from '../options.js';
import { duration, integer } from '../setting-types.js';

export const AUDIT_LOG_SETTINGS = {
  /**
   * Maximum number of audit events of all wallets that the store keeps for administrators. A tenth of that number is kept of
   * the events that a token holder can repeat (refreshes, refused administration), and another tenth of those that anybody
   * can repeat (challenges, refused sign-ins). 0 keeps none.
   */
  size: withDefault(100_000, integer(0, 100_000_000)),
  /**
   * Maximum number of audit events per wallet that the store keeps for its owner. Only the latest refresh of each session is
   * kept. 0 keeps none.
   */
  sizePerWallet: withDefault(100, integer(0, 10_000)),
  /** How long the store keeps audit events. Milliseconds. The service's log contains all of them. */
  retention: withDefault(30 * 24 * 60 * 60_000, duration(1000)),
};

/** How much of the audit log the store keeps. The service's log contains all events. */
export type AuditLogPolicy = ValuesOf<typeof AUDIT_LOG_SETTINGS>;

/** The default size: 100,000 events of all wallets and 100 per wallet, for 30 days. */
export const DEFAULT_AUDIT_LOG_POLICY: AuditLogPolicy = defaultsOf(AUDIT_LOG_SETTINGS);

/** The number of refused sign-ins that are kept for each wallet, in addition to its history. */
export const ATTEMPTS_PER_WALLET = 20;

/** The share of {@link AuditLogPolicy.size} that is kept in addition of each kind of event that clients can repeat. */
export const REPEATABLE_SHARE = 0.1;
