import type { Audit, AuditEvent } from '../audit/events.js';
import type { ClientInfo, RevocationReason, SessionId } from '../sessions/session.js';
import type { WalletIdentity, WalletIfKnown } from '../accounts/wallet.js';

/** Something that has happened to a session. */
export interface SessionEvent extends WalletIdentity {
  readonly sessionId: SessionId;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: ClientInfo | undefined;
}

/** The end of a session. Its wallet is unknown only where its record had been altered in the store. */
export interface SessionEnd extends Omit<SessionEvent, keyof WalletIdentity>, WalletIfKnown {
  readonly reason: RevocationReason;
}

/**
 * What an application hears of sessions, after the fact: nothing waits for these hooks, and what they throw is
 * reported and changes nothing. Each act is told once, at the instance that did it. A session that expires is
 * told of when that is noticed: at once where somebody watches the wallet, else at its next sign-in or within
 * some minutes, at whichever instance comes first; `at` is when it expired.
 */
export interface SessionHooks {
  /** A wallet has signed in. */
  onSessionCreated?(event: SessionEvent): void | Promise<void>;
  /** A session has new tokens, and a later idle timeout. */
  onRefreshed?(event: SessionEvent): void | Promise<void>;
  /** A session has ended, for whatever reason. */
  onRevoked?(end: SessionEnd): void | Promise<void>;
}

/** Tells an application what is audited. What its function throws, or rejects with, is reported and changes nothing. */
export function auditToApplication(
  tell: (event: AuditEvent) => unknown,
  report: (error: unknown) => void,
): Audit {
  return (event) => {
    told(event).catch(report);
  };

  async function told(event: AuditEvent): Promise<void> {
    await tell(event);
  }
}

/** Tells the hooks what is audited. */
export function auditToHooks(hooks: SessionHooks, report: (error: unknown) => void): Audit {
  return (event) => {
    told(event).catch(report);
  };

  async function told(event: AuditEvent): Promise<void> {
    const { at, source } = event;
    if (event.type === 'session.created') {
      const { sessionId, wallet, contractChainId } = event;
      await hooks.onSessionCreated?.({ sessionId, wallet, contractChainId, at, source });
    } else if (event.type === 'session.refreshed') {
      const { sessionId, wallet, contractChainId } = event;
      await hooks.onRefreshed?.({ sessionId, wallet, contractChainId, at, source });
    } else if (event.type === 'session.revoked') {
      const { sessionId, wallet, contractChainId, reason } = event;
      await hooks.onRevoked?.({ sessionId, wallet, contractChainId, reason, at, source });
    }
  }
}
