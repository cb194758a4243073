/** How much of the audit log is kept in the store. The structured log has all of it. */
export interface AuditLogPolicy {
  /**
   * The newest events of everybody, for administrators, and a tenth of that number each of those that the holder of a
   * token can repeat at will (refreshes, refused administration) and of those that anybody can (challenges, refused
   * sign-ins). 0 keeps none. Default 100,000.
   */
  readonly size: number;
  /**
   * The newest events of each wallet, for its owner: of the refreshes of a session, the newest one. Refused sign-ins in
   * the wallet's name are kept apart, {@link ATTEMPTS_PER_WALLET} of them. 0 keeps none. Default 100.
   */
  readonly sizePerWallet: number;
  /** Milliseconds for which an event is kept. Default 30 days. */
  readonly retention: number;
}

/** 100,000 events of everybody and 100 of each wallet, for 30 days. */
export const DEFAULT_AUDIT_LOG_POLICY: AuditLogPolicy = {
  size: 100_000,
  sizePerWallet: 100,
  retention: 30 * 24 * 60 * 60_000,
};

/** How many refused sign-ins are kept of those that name a wallet, apart from its history. */
export const ATTEMPTS_PER_WALLET = 20;

/** The part of {@link AuditLogPolicy.size} that is kept, besides, of each kind of event that can be repeated at will. */
export const REPEATABLE_SHARE = 0.1;
