import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../sessions/key-ring.js';
import { encrypt, decrypt } from '../sessions/encryption.js';
import type { SessionId } from '../sessions/session.js';
import type { Partition } from '../accounts/wallet.js';
import { packRecord, unpackRecord, type AuditRecord } from './record.js';

/** An event in the log. */
export interface AuditEntry extends AuditRecord {
  /** Identifies the event in all lists. It is not secret. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** An entry whose record is encoded, ready to be encrypted for each list that will contain it. */
export interface PackedAuditEntry extends Pick<AuditEntry, 'id' | 'at'> {
  readonly packed: Uint8Array;
}

export function packEntry(entry: AuditEntry): PackedAuditEntry {
  return { id: entry.id, at: entry.at, packed: packRecord(entry) };
}

/** The place of an entry: a wallet's lists, or the lists of all wallets. */
export type AuditPlace = Partition | 'everybody';

/** 96 random bits. */
const ID_BYTES = 12;
const ID_LENGTH = 16;
/** The number of decimal digits of the time, so that a script can read it. They suffice until the year 2286. */
const TIME_LENGTH = 13;

/** @param begins the prefix of the id: at most 8 characters of base64url, so that at least 48 random bits follow */
export function newEntryId(begins = ''): string {
  return begins + randomBytes(ID_BYTES).toString('base64url').slice(begins.length);
}

/**
 * The prefix of the ids of a session's refreshes, by which a store finds the entry to replace without decrypting it. It is
 * the end of the session id, which is random and not secret.
 */
export function refreshesOf(sessionId: SessionId): string {
  return sessionId.slice(-8);
}

/**
 * Encrypts an entry and binds it to a place:
 *
 *     time (13 digits) ‖ id (16) ‖ sealed record
 *
 * Time and id are in clear, so that the store can remove old and replaced entries. They are authenticated with the record.
 */
export function encryptEntry(
  keys: KeyRing,
  place: AuditPlace,
  { id, at, packed }: PackedAuditEntry,
): Buffer {
  const head = `${String(at).padStart(TIME_LENGTH, '0')}${id}`;
  return Buffer.concat([Buffer.from(head), encrypt(keys, nameOf(place, head), packed)]);
}

/** Returns `undefined` if the entry was altered, or moved from another place. */
export function decryptEntry(
  keys: KeyRing,
  place: AuditPlace,
  sealed: Uint8Array,
): AuditEntry | undefined {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const head = bytes.toString('latin1', 0, TIME_LENGTH + ID_LENGTH);
  const packed = decrypt(keys, nameOf(place, head), bytes.subarray(TIME_LENGTH + ID_LENGTH));
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
