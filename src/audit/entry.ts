import type { KeyRing } from '../sessions/key-ring.js';
import { decryptOnce, encryptOnce } from '../sessions/encryption.js';
import type { SessionId } from '../sessions/session.js';
import type { AccountId } from '../accounts/account-id.js';
import type { Partition } from '../accounts/wallet.js';
import { pooledRandomBytes } from '../random-bytes.js';
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

/** @param ofList the wallet in whose list the entry will be, if any: its name takes no bytes */
export function packEntry(entry: AuditEntry, ofList?: AccountId): PackedAuditEntry {
  return { id: entry.id, at: entry.at, packed: packRecord(entry, entry.at, ofList) };
}

/** The place of an entry: a wallet's lists, or the lists of all wallets. */
export type AuditPlace = Partition | 'everybody';

const ID_BYTES = 12;
/** The bytes of the time in milliseconds, so that a store can read it. They suffice for 8,900 years. */
const TIME_BYTES = 6;
const HEAD_BYTES = TIME_BYTES + ID_BYTES;

/** 96 random bits in base64url. @param begins at most 6 bytes with which they begin, so that at least 48 random bits follow */
export function newEntryId(begins: Uint8Array = new Uint8Array()): string {
  const id = Buffer.concat([begins, pooledRandomBytes(ID_BYTES - begins.length)]);
  return id.toString('base64url');
}

/**
 * The first bytes of the ids of a session's refreshes, by which a store finds the entry to replace without decrypting it.
 * They are the end of the session id, which is random and not secret.
 */
export function refreshesOf(sessionId: SessionId): Uint8Array {
  return Buffer.from(sessionId.slice(-8), 'base64url');
}

/**
 * Encrypts an entry and binds it to a place:
 *
 *     time (6, big-endian) ‖ id (12) ‖ sealed record
 *
 * Time and id are in clear, so that the store can remove old and replaced entries. They are authenticated with the record.
 * They also make the place unique, so that the entry needs no IV.
 */
export function encryptEntry(
  keys: KeyRing,
  place: AuditPlace,
  { id, at, packed }: PackedAuditEntry,
): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(at, 0, TIME_BYTES);
  head.write(id, TIME_BYTES, 'base64url');
  return Buffer.concat([head, encryptOnce(keys, nameOf(place, head), packed)]);
}

/**
 * Returns `undefined` if the entry was altered, or moved from another place.
 * @param ofList the wallet in whose list it is, if any
 */
export function decryptEntry(
  keys: KeyRing,
  place: AuditPlace,
  sealed: Uint8Array,
  ofList?: AccountId,
): AuditEntry | undefined {
  const head = headOf(sealed);
  if (head === undefined) return undefined;
  const bytes = bytesOf(sealed);
  const name = nameOf(place, bytes.subarray(0, HEAD_BYTES));
  const packed = decryptOnce(keys, name, bytes.subarray(HEAD_BYTES));
  return packed && { ...unpackRecord(packed, head.at, ofList), ...head };
}

/**
 * Returns the time and id of an encrypted entry, or `undefined` if it is too short to have them. Until the entry is decrypted,
 * they may have been altered.
 */
export function headOf(sealed: Uint8Array): Pick<AuditEntry, 'id' | 'at'> | undefined {
  const bytes = bytesOf(sealed);
  if (bytes.length < HEAD_BYTES) return undefined;
  const id = bytes.toString('base64url', TIME_BYTES, HEAD_BYTES);
  return { id, at: bytes.readUIntBE(0, TIME_BYTES) };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function nameOf(place: AuditPlace, head: Buffer): string {
  return `wallet-sessions/audit/${place}/${head.toString('base64url')}`;
}
