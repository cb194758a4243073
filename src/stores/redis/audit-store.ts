import type { AuditStore } from '../../session/audit-log/store.js';
import { BEGINNING, parseCursor } from '../cursor.js';
import { answered } from './answered.js';
import type { RedisClient } from './connect.js';
import { scripts } from './generated/scripts.js';
import type { RedisKeys } from './keys.js';
import { script } from './script.js';
import { isWrongType } from './wrong-type.js';

/** Milliseconds: nobody is shown what is too old, but it need not be dropped at once. */
const TRIM_INTERVAL = 60_000;

/**
 * Audit entries in Redis: a list for each wallet, since a stream takes 4 KB for its first entry; and one
 * stream for all, which many servers add to and whose pages begin anywhere.
 */
export function createRedisAuditStore(redis: RedisClient, keys: RedisKeys): AuditStore {
  /** When what is too old was last dropped from the stream. */
  let trimmedAt = -Infinity;
  const append = script<number>(redis, 'audit', scripts.audit);
  const appendToAll = script<Buffer>(redis, 'audit_all', scripts.audit_all);
  return {
    async appendToWallet(partition, list, sealed, { most, age }, now) {
      const names = [keys.auditOf(partition, list), keys.auditOf(partition, 'history')];
      await append(names, Buffer.from(sealed), most, now, age);
    },

    async readWallet(partition) {
      const lists = await Promise.all(
        (['history', 'attempts'] as const).map((list) =>
          answered(redis.lrangeBuffer(keys.auditOf(partition, list), 0, -1)).catch(
            unlessOverwritten([UNREADABLE]),
          ),
        ),
      );
      return lists.flat();
    },

    async append(sealed, { most, age }, now) {
      await appendToAll([keys.audit], Buffer.from(sealed), most);
      if (now - trimmedAt < TRIM_INTERVAL) return;
      trimmedAt = now;
      await answered(redis.xtrim(keys.audit, 'MINID', '~', now - age));
    },

    async read(count, before) {
      if (before !== undefined) parseCursor(before);
      const end = before === undefined ? '+' : `(${before}`;
      const entries = answered(redis.xrevrangeBuffer(keys.audit, end, '-', 'COUNT', count)).then(
        (found) =>
          found.map(([cursor, [, sealed]]) => ({
            cursor: String(cursor),
            sealed: sealed as Buffer,
          })),
      );
      const instead = { cursor: BEGINNING, sealed: UNREADABLE };
      return entries.catch(unlessOverwritten(before === undefined ? [instead] : []));
    },
  };
}

/** An entry that does not open: for whoever reads to be told. */
const UNREADABLE = Buffer.alloc(0);

/** Something of another type is in the place of the entries, until the next one makes it anew. */
function unlessOverwritten<Entry>(instead: Entry[]): (error: unknown) => Entry[] {
  return (error) => {
    if (isWrongType(error)) return instead;
    throw error;
  };
}
