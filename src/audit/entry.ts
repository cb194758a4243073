import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../sessions/key-ring.js';
import { seal, unseal } from '../sessions/encryption.js';
import type { SessionId } from '../sessions/session.js';
import type { Partition } from '../accounts/wallet.js';
import { packRecord, unpackRecord, type AuditRecord } from './record.js';

/** An event in the log. */
export interface AuditEntry extends AuditRecord {
  /** Names the event, wherever it stands; no secret. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The same with its record packed, to be sealed for each place where it will stand. */
export interface PackedAuditEntry extends Pick<AuditEntry, 'id' | 'at'> {
  readonly packed: Uint8Array;
}

export function packEntry(entry: AuditEntry): PackedAuditEntry {
  return { id: entry.id, at: entry.at, packed: packRecord(entry) };
}

/** Where entries stand: with those of a wallet, or with those of everybody. */
export type AuditPlace = Partition | 'everybody';

/** 96 random bits. */
const ID_BYTES = 12;
const ID_LENGTH = 16;
/** Decimal digits of the time, so that a script can read it. They suffice until the year 2286. */
const TIME_LENGTH = 13;

/** @param begins what the id is to begin with: at most 8 characters of base64url, so that 48 random bits are left */
export function newEntryId(begins = ''): string {
  return begins + randomBytes(ID_BYTES).toString('base64url').slice(begins.length);
}

/**
 * What the ids of a session's refreshes begin with, so that a store can tell that one replaces another without opening
 * either: the end of the session's id, which is random and no secret.
 */
export function refreshesOf(sessionId: SessionId): string {
  return sessionId.slice(-8);
}

/**
 * Seals an entry for that place and no other:
 *
 *     time (13 digits) ‖ id (16) ‖ sealed record
 *
 * Time and id are in clear, for the store to remove what is old or replaced, and authenticated with the record.
 */
export function sealEntry(
  keys: KeyRing,
  place: AuditPlace,
  { id, at, packed }: PackedAuditEntry,
): Buffer {
  const head = `${String(at).padStart(TIME_LENGTH, '0')}${id}`;
  return Buffer.concat([Buffer.from(head), seal(keys, nameOf(place, head), packed)]);
}

/** `undefined` where it was altered, or moved from another place. */
export function openEntry(
  keys: KeyRing,
  place: AuditPlace,
  sealed: Uint8Array,
): AuditEntry | undefined {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const head = bytes.toString('latin1', 0, TIME_LENGTH + ID_LENGTH);
  const packed = unseal(keys, nameOf(place, head), bytes.subarray(TIME_LENGTH + ID_LENGTH));
  if (packed === undefined) return undefined;
  return {
    ...unpackRecord(packed),
    id: head.slice(TIME_LENGTH),
    at: Number(head.slice(0, TIME_LENGTH)),
  };
}

function nameOf(place: AuditPlace, head: string): string {
  return `wallet-sessions/audit/${place}/${head}`;
}
