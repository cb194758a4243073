import {
  EVERYBODYS_LISTS,
  WALLET_LISTS,
  type AuditRetention,
  type AuditStore,
  type EverybodysList,
  type PlacedEntry,
  type Replacing,
} from '../../audit/store.js';
import { BEGINNING, isAfter, parseCursor } from '../cursor.js';
import { isWrongType, rethrowAsUnavailable, type RedisClient } from './connection/index.js';
import { gatherWrites } from '../../background/gather.js';
import type { RedisKeys } from './keys.js';
import { defineGatheredScript, defineScript } from './scripts/index.js';

/**
 * Milliseconds between two trims of the global streams by age. Entries that are too old are not shown, so they may
 * stay for a while.
 */
const TRIM_INTERVAL = 60_000;

/** An entry to append to a list of a wallet. */
interface WalletAppend {
  /** The name of the wallet's history. */
  readonly history: string;
  readonly sealed: Uint8Array;
  readonly replacing: Replacing | undefined;
  readonly retention: AuditRetention;
  readonly now: number;
}

/** An entry of a stream, which holds several audit entries: see `lua/_stream.lua`. */
type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** An entry to append to a global stream. */
interface StreamAppend {
  readonly list: EverybodysList;
  readonly max: number;
  readonly sealed: Uint8Array;
}

type PageReply = (StreamEntry[] | Buffer)[];

/**
 * Audit entries in Redis. Each wallet has lists, since a stream takes 4 KB for its first entry. The newest of entries that
 * replace each other counts: the others are removed later, so that a refresh appends with one command. The global entries
 * are in streams, since many instances append to them and a page can begin anywhere. The streams are in one slot and
 * are read as one.
 *
 * Entries that are appended in one turn of the event loop are written together: those of the streams with one script, and
 * those of lists with another, or on a cluster with one for each list.
 */
export function createRedisAuditStore(redis: RedisClient, keys: RedisKeys): AuditStore {
  /** When the streams were last trimmed by age. */
  let trimmedAt = -Infinity;
  const appendToList = defineGatheredScript<number>(redis, 'audit');
  const appendToStreams = defineScript<Buffer>(redis, 'audit_all');
  const readPage = defineScript<PageReply>(redis, 'audit_page');
  const readLater = defineScript<PageReply>(redis, 'audit_after');
  const streams = EVERYBODYS_LISTS.map((list) => keys.audit(list));

  const gatherForList = gatherWrites<WalletAppend>((name, appends) => {
    // The same for all entries of a list, except for milliseconds of `now`.
    const [{ history, retention, now }] = appends as [WalletAppend];
    const { max, age, reserve = 0 } = retention;
    const isExtended = appends.some(({ replacing }) => replacing?.extends !== false);
    const items = appends.map(itemOf);
    return appendToList(
      [name, history],
      max,
      now,
      age,
      age + reserve,
      isExtended ? 1 : 0,
      ...items,
    );
  });

  const gatherForStreams = gatherWrites<StreamAppend>((_slot, appends) =>
    appendToStreams(
      streams,
      ...EVERYBODYS_LISTS.flatMap((list, index) => {
        const ofList = appends.filter((append) => append.list === list);
        const [first] = ofList;
        if (first === undefined) return [];
        return [
          index + 1,
          first.max,
          ofList.length,
          ...ofList.map(({ sealed }) => Buffer.from(sealed)),
        ];
      }),
    ),
  );

  return {
    appendToWallet(partition, list, sealed, retention, now, replacing) {
      const history = keys.auditOf(partition, 'history');
      return gatherForList(keys.auditOf(partition, list), {
        history,
        sealed,
        replacing,
        retention,
        now,
      });
    },

    async readWallet(partition) {
      const lists = await Promise.all(
        WALLET_LISTS.map((list) =>
          rethrowAsUnavailable(redis.lrangeBuffer(keys.auditOf(partition, list), 0, -1)).catch(
            unreadableIfOverwritten,
          ),
        ),
      );
      return lists.flatMap(entriesIn);
    },

    async append(list, sealed, { max, age }, now) {
      await gatherForStreams('streams', { list, max, sealed });
      if (now - trimmedAt < TRIM_INTERVAL) return;
      trimmedAt = now;
      await Promise.all(
        streams.map((stream) => rethrowAsUnavailable(redis.xtrim(stream, 'MINID', '~', now - age))),
      );
    },

    async read(count, before) {
      if (before !== undefined) parseCursor(before);
      if (before === BEGINNING) return [];
      const pages = await readPage(streams, before ?? '', count);
      const entries = entriesOf(pages).filter(
        ({ cursor }) => before === undefined || isAfter(before, cursor),
      );
      // Sorts after all other entries.
      const isOverwritten = pages.some((page) => Buffer.isBuffer(page));
      if (isOverwritten) entries.push({ cursor: BEGINNING, sealed: UNREADABLE });
      return entries.sort((a, b) => (isAfter(a.cursor, b.cursor) ? -1 : 1)).slice(0, count);
    },

    async readAfter(count, after) {
      if (after !== undefined) parseCursor(after);
      const pages = await readLater(streams, after === undefined ? '-' : `(${after}`, count);
      return entriesOf(pages)
        .filter(({ cursor }) => after === undefined || isAfter(cursor, after))
        .sort((a, b) => (isAfter(a.cursor, b.cursor) ? 1 : -1))
        .slice(0, count);
    },
  };
}

/** The item of a list: see `lua/audit.lua`. */
function itemOf({ sealed, replacing }: WalletAppend): Buffer {
  return Buffer.concat([Buffer.of(replacing?.kind.length ?? 0), sealed]);
}

/** The entries in the items of a list, newest first, without those that were replaced. */
function entriesIn(items: readonly Buffer[]): Buffer[] {
  const kinds = new Set<string>();
  return items.flatMap((item) => {
    const length = item[0] ?? 0;
    const kind = item.toString('hex', ID, ID + length);
    if (length > 0 && kinds.has(kind)) return [];
    kinds.add(kind);
    return [item.subarray(1)];
  });
}

/** The position of the id in an item, after its first byte and the time. */
const ID = 7;

/** The audit entries of all streams. */
function entriesOf(pages: PageReply): PlacedEntry[] {
  return pages.flatMap((page) => (Buffer.isBuffer(page) ? [] : page.flatMap(entriesAt)));
}

/** The audit entries of an entry of a stream. One of another program counts as an unreadable entry. */
function entriesAt([id, [name, , ...fields]]: StreamEntry): PlacedEntry[] {
  if (String(name) !== 't') return [{ cursor: String(id), sealed: UNREADABLE }];
  const { time, sequence } = parseCursor(String(id));
  const count = fields.length / 2;
  return Array.from({ length: count }, (_, index) => ({
    cursor: `${time}-${sequence - count + 1 + index}`,
    sealed: fields[2 * index + 1] as Buffer,
  }));
}

/** An entry that cannot be decrypted, so that readers notice the loss. */
const UNREADABLE = Buffer.alloc(0);

/** Reports a value of another type as an unreadable entry. The next append replaces it. */
function unreadableIfOverwritten(error: unknown): Buffer[] {
  if (isWrongType(error)) return [UNREADABLE];
  throw error;
}
