import type { ErrorCode } from '../errors.js';
import type {
  ClientInfo,
  RevocationReason,
  SessionId,
  SessionReference,
} from '../sessions/session.js';
import type { Partition, WalletIdentity, WalletIfKnown } from '../accounts/wallet.js';

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
  'audit-log.entry-refused',
] as const;

/** One of the things that can happen, as it stands in events. */
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** What an administrator can do. */
export const ADMINISTRATIVE_ACTS = [
  'READ_STATISTICS',
  'READ_SESSIONS',
  'READ_AUDIT_EVENTS',
  'REVOKE_SESSION',
  'REVOKE_WALLET_SESSIONS',
  'ROTATE_KEYS',
] as const;

/** What was done, in the events of administration. */
export type AdministrativeAct = (typeof ADMINISTRATIVE_ACTS)[number];

/** The operator at the command line, with the keys and the store of the service. */
export const COMMAND_LINE = 'COMMAND_LINE';

/** Who acts as an administrator: a wallet in its session, or somebody at the command line. */
export type Actor = SessionReference | typeof COMMAND_LINE;

/**
 * What happened in a session's life, for the record. No event ever holds a token, a nonce, a signature
 * or a hash of one.
 */
export type AuditEvent = AuditedAct & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly source?: ClientInfo | undefined;
  /** Where the session is, for events that may not know its wallet. */
  readonly partition?: Partition | undefined;
};

interface OfSession<Type extends AuditEventType> extends WalletIdentity {
  readonly type: Type;
  readonly sessionId: SessionId;
}

/** Of a session whose record may have been altered, and then does not tell its wallet. */
interface OfPartition<Type extends AuditEventType> extends WalletIfKnown {
  readonly type: Type;
  readonly partition: Partition;
  readonly sessionId: SessionId;
}

/** Of an act of administration; the wallet is the one whose sessions or events it is about. */
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
      readonly chainId?: number | undefined;
      /** The session that was to be renewed, where there is one. */
      readonly sessionId?: SessionId | undefined;
      readonly reason: ErrorCode;
      /** The wallet that the message names: a claim, which the refusal may be of. */
    } & WalletIfKnown)
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
  | ({
      readonly type: 'session.revoked';
      readonly sessionId: SessionId;
      readonly reason: RevocationReason;
      /** When it would have ended, or has ended, by itself. */
      readonly expiresAt: number;
      /** The administrator who ended it. */
      readonly actor?: Actor | undefined;
    } & WalletIfKnown)
  | ({
      readonly type: 'audit-log.entry-refused';
      /** How many entries did not open that had not been noticed here before. */
      readonly count: number;
      /** Whose events were read; of nobody's where they were everybody's. */
    } & WalletIfKnown)
  | OfAdministration<'administration.performed'>
  | (OfAdministration<'administration.refused'> & { readonly reason: ErrorCode });

/** Takes an event, at once and without failing: no act waits for its record or is undone by it. */
export type Audit = (event: AuditEvent) => void;

/** Tells every one of them. */
export function auditToAll(audits: readonly Audit[]): Audit {
  return (event) => {
    for (const audit of audits) audit(event);
  };
}
