import type { ErrorCode } from '../errors.js';
import type { ProofRefusal } from '../key-binding/refusal.js';
import type {
  ClientInfo,
  RevocationReason,
  SessionId,
  SessionReference,
} from '../sessions/session.js';
import type { ChainId } from '../accounts/account-id.js';
import type { Partition, WalletIdentity, WalletIfKnown } from '../accounts/wallet.js';

/**
 * The types of audit events. Stored events refer to a type by its index: append new types, and never remove one.
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
  'audit-log.entry-refused',
  'session.proof-refused',
  'session.device-bound',
] as const;

/** One of {@link AUDIT_EVENT_TYPES}. */
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** The acts of administration. */
export const ADMINISTRATIVE_ACTS = [
  'READ_STATISTICS',
  'READ_SESSIONS',
  'READ_AUDIT_EVENTS',
  'REVOKE_SESSION',
  'REVOKE_WALLET_SESSIONS',
  'ROTATE_KEYS',
] as const;

/** One of {@link ADMINISTRATIVE_ACTS}. */
export type AdministrativeAct = (typeof ADMINISTRATIVE_ACTS)[number];

/** The operator at the command line, who has the keys and the store of the service. */
export const COMMAND_LINE = 'COMMAND_LINE';

/** Who performs an act of administration: an administrator's session, or an operator at the command line. */
export type Actor = SessionReference | typeof COMMAND_LINE;

/**
 * An audit event. No event contains a token, a nonce, a signature or a hash of one.
 */
export type AuditEvent = AuditedAct & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: ClientInfo | undefined;
  /** The partition of the session, for events that may not know its wallet. */
  readonly partition?: Partition | undefined;
};

interface OfSession<Type extends AuditEventType> extends WalletIdentity {
  readonly type: Type;
  readonly sessionId: SessionId;
}

/** An event of a session whose record may have been altered, so that its wallet may be unknown. */
interface OfPartition<Type extends AuditEventType> extends WalletIfKnown {
  readonly type: Type;
  readonly partition: Partition;
  readonly sessionId: SessionId;
}

/** An act of administration. `wallet` is the one whose sessions or events it concerns. */
interface OfAdministration<Type extends AuditEventType> extends WalletIfKnown {
  readonly type: Type;
  readonly actor: Actor;
  readonly act: AdministrativeAct;
}

type AuditedAct =
  | ({ readonly type: 'challenge.created' } & WalletIfKnown)
  | ({
      readonly type: 'sign-in.refused';
      /** The chain that the message names. */
      readonly chainId?: ChainId | undefined;
      /** The session that was to be reauthenticated, if any. */
      readonly sessionId?: SessionId | undefined;
      readonly reason: ErrorCode;
      /** The wallet that the message names. This is a claim, and may be the reason of the refusal. */
    } & WalletIfKnown)
  | (OfSession<'session.created'> & {
      /** The new idle timeout. */
      readonly expiresAt: number;
    })
  | (OfSession<'session.refreshed'> & {
      readonly expiresAt: number;
      /** The previous idle timeout. */
      readonly expiredAt: number;
    })
  | OfSession<'session.reauthenticated'>
  | OfSession<'session.device-bound'>
  | (OfSession<'session.proof-refused'> & { readonly reason: ProofRefusal })
  | OfPartition<'session.token-reused'>
  | OfPartition<'session.record-refused'>
  | ({
      readonly type: 'session.revoked';
      readonly sessionId: SessionId;
      readonly reason: RevocationReason;
      /** The idle timeout of the session when it ended. */
      readonly expiresAt: number;
      /** The administrator who ended it. */
      readonly actor?: Actor | undefined;
      /** The session that requested it or, at a sign-in, took its place; `undefined` if the server decided by itself. */
      readonly bySessionId?: SessionId | undefined;
    } & WalletIfKnown)
  | ({
      readonly type: 'audit-log.entry-refused';
      /** The number of unreadable entries that this process had not noticed before. */
      readonly count: number;
      /** The wallet whose events were read; `undefined` for the events of all wallets. */
    } & WalletIfKnown)
  | OfAdministration<'administration.performed'>
  | (OfAdministration<'administration.refused'> & { readonly reason: ErrorCode });

/** Receives an event. It returns immediately and never throws, so that auditing neither delays nor undoes an act. */
export type Audit = (event: AuditEvent) => void;

/** Passes each event to all of them. */
export function auditToAll(audits: readonly Audit[]): Audit {
  return (event) => {
    for (const audit of audits) audit(event);
  };
}
