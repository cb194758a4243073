import type { RequestSource, RevocationReason, SessionId } from './session.js';
import type { Address } from './wallet.js';
import type { ErrorCode } from '../errors.js';

/**
 * What happened in a session's life, for the record. No event ever holds a token, a nonce, a signature
 * or a hash of one.
 */
export type AuditEvent = AuditedAct & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: RequestSource | undefined;
};

type AuditedAct =
  | { readonly type: 'challenge.created'; readonly wallet?: Address | undefined }
  | {
      readonly type: 'sign-in.refused';
      /** The one that the message names: a claim, which the refusal may be of. */
      readonly wallet?: Address | undefined;
      /** The session that was to be renewed, where there is one. */
      readonly sessionId?: SessionId | undefined;
      readonly reason: ErrorCode;
    }
  | { readonly type: 'session.created'; readonly wallet: Address; readonly sessionId: SessionId }
  | { readonly type: 'session.refreshed'; readonly wallet: Address; readonly sessionId: SessionId }
  | {
      readonly type: 'session.reauthenticated';
      readonly wallet: Address;
      readonly sessionId: SessionId;
    }
  | { readonly type: 'session.token-reused'; readonly sessionId: SessionId }
  | { readonly type: 'session.record-refused'; readonly sessionId: SessionId }
  | {
      readonly type: 'session.revoked';
      readonly wallet?: Address | undefined;
      readonly sessionId: SessionId;
      readonly reason: RevocationReason;
    };

/** Takes an event, at once and without failing: no act waits for its record or is undone by it. */
export type Audit = (event: AuditEvent) => void;

/** Tells every one of them. */
export function auditToAll(audits: readonly Audit[]): Audit {
  return (event) => {
    for (const audit of audits) audit(event);
  };
}
