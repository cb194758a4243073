import { randomBytes } from 'node:crypto';
import { newSessionId, type SessionId } from '../../src/sessions/session.js';
import type { SessionRecord } from '../../src/sessions/record.js';
import type { Rotation } from '../../src/sessions/store.js';
import { partitionOf, type Partition } from '../../src/accounts/wallet.js';

const HOUR = 60 * 60_000;

/** A new partition. */
export function aPartition(): Partition {
  return partitionOf(`eip155:0:0x${randomBytes(20).toString('hex')}`);
}

/** A record as the lifecycle inserts it at `now`. A test overrides the fields that it is about. */
export function aRecord(now: number, overrides: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: newSessionId(overrides.createdAt ?? now),
    createdAt: now,
    authenticatedAt: now,
    expiresAt: now + 2 * HOUR,
    absoluteExpiresAt: now + 24 * HOUR,
    generation: 0,
    rotatedAt: now,
    exchanged: 0,
    used: true,
    countedFrom: 0,
    countedGeneration: 0,
    keyId: 'key-1',
    accessHash: randomBytes(32),
    refreshHash: randomBytes(32),
    salt: randomBytes(16),
    bridge: new Uint8Array(),
    details: randomBytes(120),
    ...overrides,
  };
}

/** The exchange of the current refresh token of a record. */
export function aRotation(of: SessionRecord, overrides: Partial<Rotation> = {}): Rotation {
  return {
    generation: of.generation,
    presented: new Map([[of.keyId, of.refreshHash]]),
    successor: {
      keyId: of.keyId,
      accessHash: randomBytes(32),
      refreshHash: randomBytes(32),
      salt: randomBytes(16),
    },
    timeout: 2 * HOUR,
    grace: 30_000,
    ...overrides,
  };
}

export const NO_LIMIT = { max: 0, onLimit: 'evict-soonest-expiring' } as const;

/** A record with its bytes as hex, because stores return different classes of byte arrays. */
export function plain(record: SessionRecord | undefined): object | undefined {
  if (record === undefined) return undefined;
  const fields = Object.entries(record).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  ]);
  return Object.fromEntries(fields) as object;
}

export const idsOf = (records: Iterable<{ readonly id: SessionId }>): SessionId[] =>
  Array.from(records, ({ id }) => id).sort();
