import type { SessionId } from '../../../sessions/session.js';
import type { SessionRecord } from '../../../sessions/record.js';
import {
  REVOKED_AT_ONCE,
  type Authority,
  type InsertOutcome,
  type RevokeOutcome,
  type RotationOutcome,
  type Selection,
  type SessionStore,
} from '../../../sessions/store.js';
import type { Read, RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import {
  defineGatheredScript,
  definePartitionScript,
  defineScript,
  readEnded,
  recordArguments,
  unpackRecord,
  type Deadlines,
  type ScriptArgument,
} from '../scripts/index.js';
import type { RedisExpiredSessions } from './expired-sessions.js';

type EndedReply = (Buffer | number)[];
type InsertReply = [kind: Buffer, ended: EndedReply[]];
type RevokeReply = [kind: Buffer, ended: EndedReply[], left: Buffer[]];
type ExpireReply = [next: Buffer, ended: EndedReply[]];
type PageReply = [total: number, before: number, count: number, end: Buffer, records: Buffer[]];
type RotationReply = [kind: Buffer, packed?: Buffer, expiryOrEnded?: number | EndedReply];

/**
 * Sessions in Redis: each step is one round trip, and a script if it takes several commands. Steps that change a
 * session have a deadline. Steps that only revoke have none, because a late revocation is better than none.
 */
export function createRedisSessionStore(
  redis: RedisClient,
  keys: RedisKeys,
  read: Read,
  deadlines: Deadlines,
  expired: Pick<RedisExpiredSessions, 'schedule'>,
): SessionStore {
  const insert = definePartitionScript<InsertReply>(
    redis,
    keys,
    'insert',
    deadlines,
    defineGatheredScript,
  );
  const list = definePartitionScript<[records: Buffer[]]>(redis, keys, 'list');
  const listPage = definePartitionScript<PageReply>(redis, keys, 'list_page');
  const rotate = definePartitionScript<RotationReply>(
    redis,
    keys,
    'rotate',
    deadlines,
    defineGatheredScript,
  );
  const markUsed = defineScript<number>(redis, 'mark_used', deadlines);
  const touch = defineScript<number>(redis, 'touch', deadlines);
  const reauthenticate = defineScript<Buffer | null>(redis, 'reauthenticate', deadlines);
  const revoke = definePartitionScript<RevokeReply>(redis, keys, 'revoke');
  const expire = definePartitionScript<ExpireReply>(redis, keys, 'expire');

  return {
    async insert(partition, record, room, now) {
      // Before the insertion: a scheduled check of a session that does not exist is harmless.
      expired.schedule(partition, record.expiresAt, now);
      const [kind, ended] = await insert(
        partition,
        [record.id],
        now,
        room === 'end-others' ? REVOKED_AT_ONCE : room.max,
        room === 'end-others' ? room : room.onLimit,
        ...recordArguments(record),
      );
      return { kind: String(kind) as InsertOutcome['kind'], ended: ended.map(readEnded) };
    },

    async find(partition, id) {
      const packed = await read(keys.record(partition, id));
      return packed === null ? undefined : unpackRecord(id, packed);
    },

    async list(partition, now) {
      const [records] = await list(partition, [], now);
      return unpackRecords(records);
    },

    async listPage(partition, { first, after }, now) {
      const [total, before, count, end, reply] = await listPage(
        partition,
        [],
        now,
        first,
        after ?? '',
      );
      return {
        records: [...unpackRecords(reply)],
        total,
        hasPrevious: before > 0,
        hasMore: before + count < total,
        end: count === 0 ? undefined : (String(end) as SessionId),
      };
    },

    async rotate(partition, id, rotation, now) {
      const { successor } = rotation;
      const presented: ScriptArgument[] = [];
      for (const [keyId, hash] of rotation.presented) presented.push(keyId, Buffer.from(hash));
      const reply = await rotate(
        partition,
        [id],
        now,
        rotation.generation,
        rotation.timeout,
        rotation.grace,
        successor.keyId,
        Buffer.from(successor.accessHash),
        Buffer.from(successor.refreshHash),
        Buffer.from(successor.salt),
        rotation.replaces?.generation ?? -1,
        Buffer.from(rotation.replaces?.bridge ?? []),
        rotation.limit?.acts ?? 0,
        rotation.limit?.window ?? 0,
        ...presented,
      );
      return readRotation(id, reply);
    },

    async markUsed(partition, id, generation) {
      const isMarked = await markUsed([keys.record(partition, id)], generation);
      return isMarked === 1;
    },

    async touch(partition, id, details, authenticatedAt, next = authenticatedAt) {
      const isReplaced = await touch(
        [keys.record(partition, id)],
        Buffer.from(details),
        authenticatedAt,
        next,
      );
      return isReplaced === 1;
    },

    async reauthenticate(partition, id, details, authenticatedAt, now) {
      const packed = await reauthenticate(
        [keys.record(partition, id)],
        now,
        Buffer.from(details),
        authenticatedAt,
      );
      return packed === null ? undefined : unpackRecord(id, packed);
    },

    async revoke(partition, selection, reason, now, authority) {
      const [kind, ended, left] = await revoke(
        partition,
        knownIds(selection, authority),
        now,
        reason,
        REVOKED_AT_ONCE,
        ...authorityArguments(authority),
        ...selectionArguments(selection),
      );
      return {
        kind: String(kind) as RevokeOutcome['kind'],
        ended: ended.map(readEnded),
        left: left.map((id) => String(id) as SessionId),
      };
    },

    confirm: () => Promise.resolve(),

    async expire(partition, now) {
      const [next, ended] = await expire(partition, [], now);
      return {
        ended: ended.map(readEnded),
        next: next.length === 0 ? undefined : Number(String(next)),
      };
    },
  };
}

function readRotation(id: SessionId, [kind, packed, other]: RotationReply): RotationOutcome {
  if (packed === undefined) return { kind: 'unknown' };
  if (String(kind) === 'limited') return { kind: 'limited', retryIn: Number(String(packed)) };
  const record = unpackRecord(id, packed);
  if (Array.isArray(other)) return { kind: 'reused', record, revocation: readEnded(other) };
  if (other !== undefined) return { kind: 'rotated', record, expiredAt: other };
  return { kind: String(kind) as 'repeated' | 'unused', record };
}

/** The server's own decision is like that of a session that is always fresh. */
const SERVER: Authority = {
  session: undefined,
  authenticatedAt: 1,
  freshAfter: 0,
  onProtected: 'refuse',
};

function authorityArguments(authority = SERVER): [string, number, number, string] {
  const { session = '', authenticatedAt, freshAfter, onProtected } = authority;
  return [session, authenticatedAt, freshAfter, onProtected];
}

function selectionArguments(selection: Selection): [mode: string, ...ids: SessionId[]] {
  if (selection === 'all') return ['all'];
  return 'these' in selection ? ['these', ...selection.these] : ['allBut', selection.allBut];
}

/** The sessions whose records the script needs, as far as they are known before it reads the index. */
function knownIds(selection: Selection, authority = SERVER): SessionId[] {
  const ids = new Set<SessionId>();
  if (authority.session !== undefined) ids.add(authority.session);
  if (selection !== 'all' && 'these' in selection) for (const id of selection.these) ids.add(id);
  return [...ids];
}

/** @param reply from the scripts: id, packed record, id, packed record, … */
function* unpackRecords(reply: readonly Buffer[]): Generator<SessionRecord> {
  for (let index = 0; index + 1 < reply.length; index += 2) {
    const [id, packed] = [reply[index], reply[index + 1]] as [Buffer, Buffer];
    yield unpackRecord(String(id) as SessionId, packed);
  }
}
