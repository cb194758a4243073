/** How much of the audit log the store keeps. The service's log contains all events. */
export interface AuditLogPolicy {
  /**
   * The number of newest events of all wallets that are kept for administrators. A tenth of that number is kept of the
   * events that a token holder can repeat (refreshes, refused administration), and another tenth of those that anybody
   * can repeat (challenges, refused sign-ins). 0 keeps none. Default 100,000.
   */
  readonly size: number;
  /**
   * The number of newest events that are kept for the owner of each wallet. Of a session's refreshes, only the newest one
   * is kept. {@link ATTEMPTS_PER_WALLET} refused sign-ins are kept separately. 0 keeps none. Default 100.
   */
  readonly sizePerWallet: number;
  /** Milliseconds after which an event is removed. Default 30 days. */
  readonly retention: number;
}

/** 100,000 events of all wallets and 100 of each wallet, for 30 days. */
export const DEFAULT_AUDIT_LOG_POLICY: AuditLogPolicy = {
  size: 100_000,
  sizePerWallet: 100,
  retention: 30 * 24 * 60 * 60_000,
};

/** The number of refused sign-ins that are kept for each wallet, in addition to its history. */
export const ATTEMPTS_PER_WALLET = 20;

/** The share of {@link AuditLogPolicy.size} that is kept in addition of each kind of event that clients can repeat. */
export const REPEATABLE_SHARE = 0.1;
