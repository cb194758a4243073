import type { Audit, AuditEvent } from '../audit/events.js';
import type { ClientInfo, RevocationReason, SessionId } from '../sessions/session.js';
import type { WalletIdentity, WalletIfKnown } from '../accounts/wallet.js';

/** An event of a session. */
export interface SessionEvent extends WalletIdentity {
  readonly sessionId: SessionId;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: ClientInfo | undefined;
}

/** The end of a session. Its wallet is unknown only if its record was altered in the store. */
export interface SessionEnd extends Omit<SessionEvent, keyof WalletIdentity>, WalletIfKnown {
  readonly reason: RevocationReason;
}

/**
 * Functions of the application that are called after an event. Nothing waits for them, and errors that they throw are
 * reported without further effect. Each event is delivered once, at the instance that caused it. The expiry of a session
 * is delivered when an instance notices it: immediately if the wallet is watched, otherwise at its next sign-in or within
 * a few minutes. `at` is the time of the expiry.
 */
export interface SessionHooks {
  /** A wallet has signed in. */
  onSessionCreated?(event: SessionEvent): void | Promise<void>;
  /** A session was refreshed: it has new tokens and a later idle timeout. */
  onRefreshed?(event: SessionEvent): void | Promise<void>;
  /** A session has ended, for any reason. */
  onRevoked?(end: SessionEnd): void | Promise<void>;
}

/** Calls a function of the application with each audit event. Its errors and rejections are reported. */
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

/** Calls the hooks for the audit events that concern them. */
export function auditToHooks(hooks: SessionHooks, report: (error: unknown) => void): Audit {
  return (event) => {
    told(event).catch(report);
  };

  async function told(event: AuditEvent): Promise<void> {
    const { at, source } = event;
    if (event.type === 'session.created') {
      const { sessionId, wallet } = event;
      await hooks.onSessionCreated?.({ sessionId, wallet, at, source });
    } else if (event.type === 'session.refreshed') {
      const { sessionId, wallet } = event;
      await hooks.onRefreshed?.({ sessionId, wallet, at, source });
    } else if (event.type === 'session.revoked') {
      const { sessionId, wallet, reason } = event;
      await hooks.onRevoked?.({ sessionId, wallet, reason, at, source });
    }
  }
}
