import {
  EVERYBODYS_LISTS,
  REPLACED_WITHIN,
  WALLET_LISTS,
  type AuditStore,
  type PlacedEntry,
} from '../../audit/store.js';
import { BEGINNING, isAfter, parseCursor } from '../cursor.js';
import { isWrongType, rethrowAsUnavailable, type RedisClient } from './connection/index.js';
import type { RedisKeys } from './keys.js';
import { defineScript } from './scripts/index.js';

/**
 * Milliseconds between two trims of the global streams by age. Entries that are too old are not shown, so they may
 * stay for a while.
 */
const TRIM_INTERVAL = 60_000;

type PageReply = (readonly [id: Buffer, fields: readonly [Buffer, Buffer]][] | Buffer)[];

/**
 * Audit entries in Redis. Each wallet has lists, since a stream takes 4 KB for its first entry. The global entries
 * are in streams, since many instances append to them and a page can begin anywhere. The streams are in one slot and
 * are read as one.
 */
export function createRedisAuditStore(redis: RedisClient, keys: RedisKeys): AuditStore {
  /** When the streams were last trimmed by age. */
  let trimmedAt = -Infinity;
  const append = defineScript<number>(redis, 'audit');
  const appendToAll = defineScript<Buffer>(redis, 'audit_all');
  const readPage = defineScript<PageReply>(redis, 'audit_page');
  const readLater = defineScript<PageReply>(redis, 'audit_after');
  const streams = EVERYBODYS_LISTS.map((list) => keys.audit(list));
  return {
    async appendToWallet(partition, list, sealed, { max, age }, now, replaces = '') {
      const names = [keys.auditOf(partition, list), keys.auditOf(partition, 'history')];
      await append(names, Buffer.from(sealed), max, now, age, replaces, REPLACED_WITHIN);
    },

    async readWallet(partition) {
      const lists = await Promise.all(
        WALLET_LISTS.map((list) =>
          rethrowAsUnavailable(redis.lrangeBuffer(keys.auditOf(partition, list), 0, -1)).catch(
            unreadableIfOverwritten,
          ),
        ),
      );
      return lists.flat();
    },

    async append(list, sealed, { max, age }, now) {
      const name = keys.audit(list);
      const others = streams.filter((stream) => stream !== name);
      await appendToAll([name, ...others], Buffer.from(sealed), max);
      if (now - trimmedAt < TRIM_INTERVAL) return;
      trimmedAt = now;
      await Promise.all(
        streams.map((stream) => rethrowAsUnavailable(redis.xtrim(stream, 'MINID', '~', now - age))),
      );
    },

    async read(count, before) {
      if (before !== undefined) parseCursor(before);
      if (before === BEGINNING) return [];
      const pages = await readPage(streams, before === undefined ? '+' : `(${before}`, count);
      const entries = entriesOf(pages);
      // Sorts after all other entries.
      const isOverwritten = pages.some((page) => Buffer.isBuffer(page));
      if (isOverwritten) entries.push({ cursor: BEGINNING, sealed: UNREADABLE });
      return entries.sort((a, b) => (isAfter(a.cursor, b.cursor) ? -1 : 1)).slice(0, count);
    },

    async readAfter(count, after) {
      if (after !== undefined) parseCursor(after);
      const pages = await readLater(streams, after === undefined ? '-' : `(${after}`, count);
      return entriesOf(pages)
        .sort((a, b) => (isAfter(a.cursor, b.cursor) ? 1 : -1))
        .slice(0, count);
    },
  };
}

/** The entries of all streams. */
function entriesOf(pages: PageReply): PlacedEntry[] {
  return pages.flatMap((page) =>
    Buffer.isBuffer(page) ? [] : page.map(([id, [, sealed]]) => ({ cursor: String(id), sealed })),
  );
}

/** An entry that cannot be decrypted, so that readers notice the loss. */
const UNREADABLE = Buffer.alloc(0);

/** Reports a value of another type as an unreadable entry. The next append replaces it. */
function unreadableIfOverwritten(error: unknown): Buffer[] {
  if (isWrongType(error)) return [UNREADABLE];
  throw error;
}
