import type { Actor } from '../audit/events.js';
import type { ClientInfo, RevocationReason } from '../sessions/session.js';
import type { Authority, Selection } from '../sessions/store.js';
import type { Wallet } from '../accounts/wallet.js';

/** How sessions are ended. */
export interface Ending {
  readonly reason: RevocationReason;
  readonly source: ClientInfo;
  /** The administrator who ends them, if one does. */
  readonly actor?: Actor | undefined;
  /** The session in whose name they are ended; without it, the server's own decision. */
  readonly authority?: Authority | undefined;
}

/** The authority for a step that cannot look its session up, because it is elsewhere or has just ended. */
export function notInPartition(
  authority: Authority,
  onProtected: Authority['onProtected'],
): Authority {
  return { ...authority, session: undefined, onProtected };
}

/** A step that was to end sessions and that the store did not answer: it may have run or not. */
export interface UnansweredEnd {
  readonly wallet: Wallet;
  readonly selection: Selection;
  readonly ending: Ending;
  /** When it was asked for. Sessions that began later are not selected. */
  readonly askedAt: number;
}

/**
 * Steps that are applied again until the store answers. A command that was sent to a store that stands still can be lost
 * with its connection.
 */
export interface UnansweredEnds {
  /** Takes a step, at once and without failing. A repetition of one that waits replaces it. */
  add(end: UnansweredEnd): void;
  /** Resolves when all have been applied, or were tried once more in vain, and then are dropped. */
  settled(): Promise<void>;
}
