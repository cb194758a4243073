import { decode } from '@msgpack/msgpack';
import { unreadableRecord, type SessionRecord } from '../../../sessions/record.js';
import type { Revocation, RevocationReason, SessionId } from '../../../sessions/session.js';
import type { EndedSession } from '../../../sessions/store.js';

/** The fields in the order of `lua/_record.lua`, which writes them. Strings are decoded as bytes. */
type PackedRecord = [
  version: number,
  createdAt: number,
  authenticatedAt: number,
  expiresAt: number,
  absoluteExpiresAt: number,
  generation: number,
  rotatedAt: number,
  exchanged: number,
  used: number,
  countedFrom: number,
  countedGeneration: number,
  keyId: Uint8Array,
  accessHash: Uint8Array,
  refreshHash: Uint8Array,
  salt: Uint8Array,
  bridge: Uint8Array,
  details: Uint8Array,
];

/** Decodes a packed record. A value that is not a valid record becomes one that never opens as a session. */
export function unpackRecord(id: SessionId, packed: Uint8Array): SessionRecord {
  const fields = decodeFields(packed);
  if (fields === undefined) return unreadableRecord(id);
  return {
    id,
    createdAt: fields[1],
    authenticatedAt: fields[2],
    expiresAt: fields[3],
    absoluteExpiresAt: fields[4],
    generation: fields[5],
    rotatedAt: fields[6],
    exchanged: fields[7],
    used: fields[8] === 1,
    countedFrom: fields[9],
    countedGeneration: fields[10],
    keyId: Buffer.from(fields[11]).toString(),
    accessHash: fields[12],
    refreshHash: fields[13],
    salt: fields[14],
    bridge: fields[15],
    details: fields[16],
  };
}

function decodeFields(packed: Uint8Array): PackedRecord | undefined {
  try {
    const fields: unknown = decode(packed, { rawStrings: true });
    return isPackedRecord(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

function isPackedRecord(fields: unknown): fields is PackedRecord {
  return (
    Array.isArray(fields) &&
    fields.length === 17 &&
    fields.every((field, place) =>
      place < 11 ? typeof field === 'number' : field instanceof Uint8Array,
    )
  );
}

/** Returns the arguments of `lua/insert.lua` from the fourth on. */
export function recordArguments(record: SessionRecord): (number | string | Buffer)[] {
  return [
    record.createdAt,
    record.authenticatedAt,
    record.expiresAt,
    record.absoluteExpiresAt,
    record.generation,
    record.rotatedAt,
    record.exchanged,
    record.used ? 1 : 0,
    record.countedFrom,
    record.countedGeneration,
    record.keyId,
    Buffer.from(record.accessHash),
    Buffer.from(record.refreshHash),
    Buffer.from(record.salt),
    Buffer.from(record.bridge),
    Buffer.from(record.details),
  ];
}

/** Reads `{ cursor, id, reason, at, expiry, collected }`, as `lua/_revoke.lua` returns it. */
export function readEnded(fields: readonly (Buffer | string | number)[]): EndedSession {
  return {
    ...readRevocation(fields),
    expiresAt: Number(String(fields[4])),
    alreadyCollected: fields[5] === 1,
  };
}

/** One of the revocations that `lua/_revoke.lua` publishes together. */
export interface PublishedRevocation {
  readonly revocation: Revocation;
  /** The cursor of the revocation before it in the partition. */
  readonly previous: string;
}

/** Reads lines of `cursor id reason at previous`, as `lua/_revoke.lua` publishes them. */
export function readPublished(message: string): PublishedRevocation[] {
  return message.split('\n').map((line) => {
    const fields = line.split(' ');
    return { revocation: readRevocation(fields), previous: fields[4] as string };
  });
}

/** Reads a line of `cursor id reason at`, as the list of revocations has it. See `lua/_revocations.lua`. */
export function readStored(line: Buffer): Revocation {
  return readRevocation(line.toString().split(' '));
}

/** Reads `{ cursor, id, reason, at }`. */
function readRevocation(fields: readonly (Buffer | string | number)[]): Revocation {
  const [cursor, sessionId, reason, at] = fields.map(String);
  return {
    cursor: cursor as string,
    sessionId: sessionId as SessionId,
    reason: reason as RevocationReason,
    revokedAt: Number(at),
  };
}
