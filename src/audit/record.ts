import { decode, Encoder } from '@msgpack/msgpack';
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
import type { AccountId } from '../accounts/account-id.js';
import type { WalletIfKnown } from '../accounts/wallet.js';

/** Shared, because each encoder allocates a buffer. */
const encoder = new Encoder();

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

/**
 * A compact array instead of an object: there may be millions of them. Fields that most entries lack are the last, and are
 * left out from the end.
 */
type StoredRecord = [
  version: 3,
  type: number,
  /** {@link OF_LIST}: the wallet of the list. */
  wallet: PackedAccount | typeof OF_LIST | null,
  sessionId: PackedText | null,
  /** Milliseconds from the time of the entry. */
  expiresIn: number | null,
  ipAddress: Uint8Array | string | null,
  userAgent: Uint8Array | null,
  requestId: PackedText | null,
  reason: string | null,
  bySessionId: PackedText | null,
  actorWallet: PackedAccount | null,
  actorSessionId: PackedText | null,
  act: string | null,
];

const OF_LIST = 0;

/** A text, or the bytes that it writes in base64url (ids of sessions) or as a UUID (most ids of requests). */
type PackedText = Uint8Array | string;

function packSessionId(id: string): PackedText {
  const bytes = Buffer.from(id, 'base64url');
  return bytes.toString('base64url') === id ? bytes : id;
}

function unpackSessionId(packed: PackedText | null | undefined): SessionId | undefined {
  const id = packed instanceof Uint8Array ? Buffer.from(packed).toString('base64url') : packed;
  return (id ?? undefined) as SessionId | undefined;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

function packRequestId(id: string): PackedText {
  return UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

function unpackRequestId(packed: PackedText): string {
  if (typeof packed === 'string') return packed;
  const digits = Buffer.from(packed).toString('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

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

/**
 * @param at the time of the entry
 * @param ofList the wallet in whose list the entry will be, if any
 */
export function packRecord(record: AuditRecord, at: number, ofList?: AccountId): Uint8Array {
  const { wallet, source, expiresAt, sessionId, bySessionId } = record;
  // The command line takes the place of the session id and has no wallet.
  const actor = record.actor === COMMAND_LINE ? undefined : record.actor;
  const { ipAddress, userAgent, requestId } = source;
  const stored: StoredRecord = [
    3,
    AUDIT_EVENT_TYPES.indexOf(record.type),
    wallet === undefined ? null : wallet === ofList ? OF_LIST : packAccount(wallet),
    sessionId === undefined ? null : packSessionId(sessionId),
    expiresAt === undefined ? null : expiresAt - at,
    ipAddress === undefined ? null : packIpAddress(ipAddress),
    userAgent === undefined ? null : packUserAgent(userAgent),
    requestId === undefined ? null : packRequestId(requestId),
    record.reason ?? null,
    bySessionId === undefined ? null : packSessionId(bySessionId),
    actor === undefined ? null : packAccount(actor.wallet),
    record.actor === COMMAND_LINE
      ? COMMAND_LINE
      : actor === undefined
        ? null
        : packSessionId(actor.id),
    record.act ?? null,
  ];
  return encoder.encode(stored.slice(0, stored.findLastIndex((field) => field !== null) + 1));
}

export function unpackRecord(packed: Uint8Array, at: number, ofList?: AccountId): AuditRecord {
  const [, type, wallet, sessionId, expiresIn, ...rest] = decode(packed) as Partial<StoredRecord>;
  const [ipAddress, userAgent, requestId, reason, bySessionId, actorWallet, actorId, act] = rest;
  return {
    type: AUDIT_EVENT_TYPES[type ?? -1] as AuditEventType,
    wallet: wallet === OF_LIST ? ofList : ifAny(wallet, unpackAccount),
    sessionId: unpackSessionId(sessionId),
    reason: reason ?? undefined,
    expiresAt: ifAny(expiresIn, (milliseconds) => at + milliseconds),
    source: {
      ipAddress: ifAny(ipAddress, unpackIpAddress),
      userAgent: ifAny(userAgent, unpackUserAgent),
      requestId: ifAny(requestId, unpackRequestId),
    },
    bySessionId: unpackSessionId(bySessionId),
    actor: actorOf(actorWallet, actorId),
    act: (act ?? undefined) as AdministrativeAct | undefined,
  };
}

function ifAny<Packed, Value>(
  packed: Packed | null | undefined,
  unpack: (packed: Packed) => Value,
): Value | undefined {
  return packed === null || packed === undefined ? undefined : unpack(packed);
}

function actorOf(
  wallet: PackedAccount | null | undefined,
  sessionId: PackedText | null | undefined,
): Actor | undefined {
  if (wallet === null || wallet === undefined) {
    return sessionId === COMMAND_LINE ? COMMAND_LINE : undefined;
  }
  return { wallet: unpackAccount(wallet), id: unpackSessionId(sessionId) as SessionId };
}
