import { decode, encode } from '@msgpack/msgpack';
import {
  AUDIT_EVENT_TYPES,
  COMMAND_LINE,
  type Actor,
  type AdministrativeAct,
  type AuditEvent,
  type AuditEventType,
} from './events.js';
import { packAccount, unpackAccount, type PackedAccount } from '../accounts/packed-account.js';
import {
  packIpAddress,
  packUserAgent,
  unpackIpAddress,
  unpackUserAgent,
} from '../sessions/packed-client-info.js';
import type { ClientInfo, SessionId } from '../sessions/session.js';
import type { WalletIfKnown } from '../accounts/wallet.js';

/** A stored event. Fields that its type does not have are `undefined`. */
export interface AuditRecord extends WalletIfKnown {
  readonly type: AuditEventType;
  readonly sessionId?: SessionId | undefined;
  /** An error code, or the reason why a session ended. */
  readonly reason?: string | undefined;
  /** The session's idle timeout after the event. Milliseconds since the Unix epoch. */
  readonly expiresAt?: number | undefined;
  readonly source: ClientInfo;
  /** The session on whose behalf another one ended. */
  readonly bySessionId?: SessionId | undefined;
  readonly actor?: Actor | undefined;
  readonly act?: AdministrativeAct | undefined;
}

/** A compact array instead of an object: there may be millions of them. */
type StoredRecord = [
  version: 2,
  type: number,
  wallet: PackedAccount | null,
  sessionId: string | null,
  reason: string | null,
  expiresAt: number | null,
  ipAddress: Uint8Array | string | null,
  userAgent: Uint8Array | null,
  requestId: string | null,
  actorWallet: PackedAccount | null,
  actorSessionId: string | null,
  act: string | null,
  /** Absent in most entries. */
  bySessionId?: string,
];

export function recordOf(event: AuditEvent): AuditRecord {
  return {
    type: event.type,
    wallet: event.wallet,
    sessionId: 'sessionId' in event ? event.sessionId : undefined,
    reason: 'reason' in event ? event.reason : undefined,
    expiresAt: 'expiresAt' in event ? event.expiresAt : undefined,
    source: event.source ?? {},
    bySessionId: 'bySessionId' in event ? event.bySessionId : undefined,
    actor: 'actor' in event ? event.actor : undefined,
    act: 'act' in event ? event.act : undefined,
  };
}

/** The record as shown to the owner of the wallet: without who performed an act of administration, and from where. */
export function asOwnerSees<Kept extends AuditRecord>(record: Kept): Kept {
  return record.actor === undefined ? record : { ...record, actor: undefined, source: {} };
}

export function packRecord(record: AuditRecord): Uint8Array {
  const { wallet, source } = record;
  // The command line takes the place of the session id and has no wallet.
  const actor = record.actor === COMMAND_LINE ? undefined : record.actor;
  const { ipAddress, userAgent, requestId } = source;
  const stored: StoredRecord = [
    2,
    AUDIT_EVENT_TYPES.indexOf(record.type),
    wallet === undefined ? null : packAccount(wallet),
    record.sessionId ?? null,
    record.reason ?? null,
    record.expiresAt ?? null,
    ipAddress === undefined ? null : packIpAddress(ipAddress),
    userAgent === undefined ? null : packUserAgent(userAgent),
    requestId ?? null,
    actor === undefined ? null : packAccount(actor.wallet),
    record.actor === COMMAND_LINE ? COMMAND_LINE : (actor?.id ?? null),
    record.act ?? null,
  ];
  if (record.bySessionId !== undefined) stored[12] = record.bySessionId;
  return encode(stored);
}

export function unpackRecord(packed: Uint8Array): AuditRecord {
  const [, type, wallet, sessionId, reason, expiresAt, ...rest] = decode(packed) as StoredRecord;
  const [ipAddress, userAgent, requestId, actorWallet, actorSessionId, act, bySessionId] = rest;
  return {
    type: AUDIT_EVENT_TYPES[type] as AuditEventType,
    wallet: wallet === null ? undefined : unpackAccount(wallet),
    sessionId: (sessionId ?? undefined) as SessionId | undefined,
    reason: reason ?? undefined,
    expiresAt: expiresAt ?? undefined,
    source: {
      ipAddress: ipAddress === null ? undefined : unpackIpAddress(ipAddress),
      userAgent: userAgent === null ? undefined : unpackUserAgent(userAgent),
      requestId: requestId ?? undefined,
    },
    bySessionId: bySessionId as SessionId | undefined,
    actor: actorOf(actorWallet, actorSessionId),
    act: (act ?? undefined) as AdministrativeAct | undefined,
  };
}

function actorOf(wallet: PackedAccount | null, sessionId: string | null): Actor | undefined {
  if (wallet === null) return sessionId === COMMAND_LINE ? COMMAND_LINE : undefined;
  return {
    wallet: unpackAccount(wallet),
    id: sessionId as SessionId,
  };
}
