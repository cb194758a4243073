import {
  EVERYBODYS_LISTS,
  REPLACED_WITHIN,
  WALLET_LISTS,
  type AuditStore,
} from '../../audit/store.js';
import { BEGINNING, isAfter, parseCursor } from '../cursor.js';
import type { RedisClient } from './connection/client.js';
import { isWrongType, rethrowAsUnavailable } from './connection/outages.js';
import { scripts } from './scripts/generated/scripts.js';
import type { RedisKeys } from './keys.js';
import { script } from './scripts/index.js';

/** Milliseconds. Entries that are too old are not shown, so they need not be removed at once. */
const TRIM_INTERVAL = 60_000;

type PageReply = (readonly [id: Buffer, fields: readonly [Buffer, Buffer]][] | Buffer)[];

/**
 * Audit entries in Redis. Each wallet has lists, since a stream takes 4 KB for its first entry. Everybody has streams,
 * since many servers add to them and a page can begin anywhere; they are in one slot, and are read as one.
 */
export function createRedisAuditStore(redis: RedisClient, keys: RedisKeys): AuditStore {
  /** When old entries were last removed from the streams. */
  let trimmedAt = -Infinity;
  const append = script<number>(redis, 'audit', scripts.audit);
  const appendToAll = script<Buffer>(redis, 'audit_all', scripts.audit_all);
  const readPage = script<PageReply>(redis, 'audit_page', scripts.audit_page);
  const streams = EVERYBODYS_LISTS.map((list) => keys.audit(list));
  return {
    async appendToWallet(partition, list, sealed, { most, age }, now, replaces = '') {
      const names = [keys.auditOf(partition, list), keys.auditOf(partition, 'history')];
      await append(names, Buffer.from(sealed), most, now, age, replaces, REPLACED_WITHIN);
    },

    async readWallet(partition) {
      const lists = await Promise.all(
        WALLET_LISTS.map((list) =>
          rethrowAsUnavailable(redis.lrangeBuffer(keys.auditOf(partition, list), 0, -1)).catch(
            ifOverwritten,
          ),
        ),
      );
      return lists.flat();
    },

    async append(list, sealed, { most, age }, now) {
      const name = keys.audit(list);
      const others = streams.filter((stream) => stream !== name);
      await appendToAll([name, ...others], Buffer.from(sealed), most);
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
      const entries = pages.flatMap((page) =>
        Buffer.isBuffer(page)
          ? []
          : page.map(([id, [, sealed]]) => ({ cursor: String(id), sealed })),
      );
      // It comes after all entries that there are.
      const isOverwritten = pages.some((page) => Buffer.isBuffer(page));
      if (isOverwritten) entries.push({ cursor: BEGINNING, sealed: UNREADABLE });
      return entries.sort((a, b) => (isAfter(a.cursor, b.cursor) ? -1 : 1)).slice(0, count);
    },
  };
}

/** An entry that does not open, so that the reader is told. */
const UNREADABLE = Buffer.alloc(0);

/** Something of another type is in the place of the entries, until the next one replaces it. */
function ifOverwritten(error: unknown): Buffer[] {
  if (isWrongType(error)) return [UNREADABLE];
  throw error;
}
