/** How much of the audit log is kept in the store. The structured log has all of it. */
export interface AuditLogPolicy {
  /** The newest events of everybody, for administrators. 0 keeps none. Default 100,000. */
  readonly size: number;
  /** The newest events of each wallet, for its owner. 0 keeps none. Default 100. */
  readonly sizePerWallet: number;
  /** Milliseconds for which an event is kept. Default 30 days. */
  readonly retention: number;
}

/** 100,000 events in all and 100 of each wallet, for 30 days. */
export const DEFAULT_AUDIT_LOG_POLICY: AuditLogPolicy = {
  size: 100_000,
  sizePerWallet: 100,
  retention: 30 * 24 * 60 * 60_000,
};

/** Refused sign-ins that name a wallet are kept apart from its history; so many of them. */
export const ATTEMPTS_PER_WALLET = 20;
