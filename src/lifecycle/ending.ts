import type { Actor } from '../audit/events.js';
import type { ClientInfo, RevocationReason } from '../sessions/session.js';
import type { Authority, Selection } from '../sessions/store.js';
import type { Wallet } from '../accounts/wallet.js';

/** Why and on whose behalf sessions are revoked. */
export interface Ending {
  readonly reason: RevocationReason;
  readonly source: ClientInfo;
  /** The administrator who revokes them, if any. */
  readonly actor?: Actor | undefined;
  /** The session that asks to revoke them; omitted if the server decides by itself. */
  readonly authority?: Authority | undefined;
}

/** The authority for a step that cannot check its session, which is in another partition or has just ended. */
export function notInPartition(
  authority: Authority,
  onProtected: Authority['onProtected'],
): Authority {
  return { ...authority, session: undefined, onProtected };
}

/** A step that revokes sessions and that the store did not answer. It may or may not have run. */
export interface UnansweredEnd {
  readonly wallet: Wallet;
  readonly selection: Selection;
  readonly ending: Ending;
  /** When it was requested. Sessions that were created later are not selected. */
  readonly askedAt: number;
}

/**
 * Repeats steps until the store answers. A command that was sent to an unresponsive store can be lost with its
 * connection.
 */
export interface UnansweredEnds {
  /** Queues a step. Returns immediately and never throws. A repetition of a queued step replaces it. */
  add(end: UnansweredEnd): void;
  /** Tries all queued steps once more and drops those that fail. Resolves when that is done. */
  flush(): Promise<void>;
}
