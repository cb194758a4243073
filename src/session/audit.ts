import type { ErrorCode } from '../errors.js';
import type { RequestSource, RevocationReason, Session, SessionId } from './session.js';
import type { Address, Partition } from './wallet.js';

/**
 * What can happen in a session's life. Stored events refer to their type by its place here: new ones go
 * to the end, and none is ever taken out.
 */
export const AUDIT_EVENT_TYPES = [
  'challenge.created',
  'sign-in.refused',
  'session.created',
  'session.refreshed',
  'session.reauthenticated',
  'session.token-reused',
  'session.record-refused',
  'session.revoked',
  'administration.performed',
  'administration.refused',
] as const;

export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** What an administrator can do. */
export const ADMINISTRATIVE_ACTS = [
  'READ_STATISTICS',
  'READ_SESSIONS',
  'READ_AUDIT_EVENTS',
  'REVOKE_SESSION',
  'REVOKE_WALLET_SESSIONS',
] as const;

export type AdministrativeAct = (typeof ADMINISTRATIVE_ACTS)[number];

/** Who acts as an administrator. */
export type Actor = Pick<Session, 'wallet' | 'id'>;

/**
 * What happened in a session's life, for the record. No event ever holds a token, a nonce, a signature
 * or a hash of one.
 */
export type AuditEvent = AuditedAct & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: RequestSource | undefined;
  /** Where the session is, for events that may not know its wallet. */
  readonly partition?: Partition | undefined;
};

interface OfSession<Type extends AuditEventType> {
  readonly type: Type;
  readonly wallet: Address;
  readonly sessionId: SessionId;
}

/** Of a session whose record may have been altered, and then does not tell its wallet. */
interface OfPartition<Type extends AuditEventType> {
  readonly type: Type;
  readonly partition: Partition;
  readonly wallet?: Address | undefined;
  readonly sessionId: SessionId;
}

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
  | (OfSession<'session.created'> & {
      /** The idle timeout, from here on. */
      readonly expiresAt: number;
    })
  | (OfSession<'session.refreshed'> & {
      readonly expiresAt: number;
      /** The idle timeout until now. */
      readonly expiredAt: number;
    })
  | OfSession<'session.reauthenticated'>
  | OfPartition<'session.token-reused'>
  | OfPartition<'session.record-refused'>
  | {
      readonly type: 'session.revoked';
      readonly wallet?: Address | undefined;
      readonly sessionId: SessionId;
      readonly reason: RevocationReason;
      /** When it would have ended, or has ended, by itself. */
      readonly expiresAt: number;
      /** The administrator who ended it. */
      readonly actor?: Actor | undefined;
    }
  | {
      readonly type: 'administration.performed';
      readonly actor: Actor;
      readonly act: AdministrativeAct;
      /** Whose sessions or events it is about. */
      readonly wallet?: Address | undefined;
    }
  | {
      readonly type: 'administration.refused';
      readonly actor: Actor;
      readonly act: AdministrativeAct;
      readonly reason: ErrorCode;
      readonly wallet?: Address | undefined;
    };

/** Takes an event, at once and without failing: no act waits for its record or is undone by it. */
export type Audit = (event: AuditEvent) => void;

/** Tells every one of them. */
export function auditToAll(audits: readonly Audit[]): Audit {
  return (event) => {
    for (const audit of audits) audit(event);
  };
}
