import {
  EVERYBODYS_LISTS,
  WALLET_LISTS,
  type AuditStore,
  type EverybodysList,
  type PlacedEntry,
  type WalletList,
} from '../../audit/store.js';
import type { Partition } from '../../accounts/wallet.js';
import { parseCursor } from '../cursor.js';
import { read, transact, type AuditEntryRow, type Tables } from './tables.js';

/** The number of newest entries among which the entry to replace is searched. They contain at most one. */
const SEARCHED = 100;

type Position = [time: number, sequence: number];
type WalletPosition = [Partition, WalletList, ...Position];

/** Audit entries in LMDB. Each append is one transaction, which also removes entries beyond the maximum. */
export function createEmbeddedAuditStore(tables: Tables): AuditStore {
  const { audit, walletAudit, walletAuditExpiries } = tables;

  /** The newest position in all global lists. */
  const lastPosition = (): Position | undefined =>
    EVERYBODYS_LISTS.flatMap((list) =>
      Array.from(audit[list].getKeys({ reverse: true, limit: 1 })),
    ).sort(byPosition)[0];

  function dropOldest(list: EverybodysList, max: number): void {
    const excess = entryCountOf(audit[list]) - max;
    if (excess <= 0) return;
    for (const position of Array.from(audit[list].getKeys({ limit: excess }))) {
      void audit[list].remove(position);
    }
  }

  function removeReplaced(
    positions: readonly WalletPosition[],
    kind: Uint8Array,
  ): WalletPosition[] {
    const replaced = positions
      .slice(-SEARCHED)
      .findLast(
        (position) => Buffer.compare(idOf(walletAudit.get(position), kind.length), kind) === 0,
      );
    if (replaced !== undefined) removeEntry(tables, replaced);
    return positions.filter((position) => position !== replaced);
  }

  return {
    appendToWallet: (partition, list, sealed, { max, age }, now, replacing) =>
      transact(tables, () => {
        const history = positionsOf(tables, partition, 'history');
        if (list !== 'history' && history.length === 0) return;
        const all = list === 'history' ? history : positionsOf(tables, partition, list);
        const positions = replacing === undefined ? all : removeReplaced(all, replacing.kind);
        positions.forEach((position, index) => {
          const isOld = position[2] <= now - age || index < positions.length - max + 1;
          if (isOld) removeEntry(tables, position);
        });
        const [time, sequence] = next(all.at(-1)?.slice(2) as Position | undefined, now);
        const expiresAt = now + age;
        void walletAudit.put([partition, list, time, sequence], { sealed, expiresAt });
        void walletAuditExpiries.put([expiresAt, partition, list, time, sequence], true);
      }),

    readWallet: (partition) =>
      read(() =>
        WALLET_LISTS.flatMap((list) =>
          Array.from(walletAudit.getRange(rangeOf(partition, list)), ({ value }) => value.sealed),
        ),
      ),

    append: (list, sealed, { max, age }, now) =>
      transact(tables, () => {
        void audit[list].put(next(lastPosition(), now), { sealed, expiresAt: now + age });
        dropOldest(list, max);
      }),

    async read(max, before) {
      const start = before === undefined ? undefined : parseCursor(before);
      return read(() => {
        const range = {
          reverse: true,
          limit: max,
          ...(start && { start: [start.time, start.sequence - 1] as Position }),
        };
        return EVERYBODYS_LISTS.flatMap((list) => Array.from(audit[list].getRange(range)))
          .sort((a, b) => byPosition(a.key, b.key))
          .slice(0, max)
          .map(placed);
      });
    },

    async readAfter(max, after) {
      const from = after === undefined ? undefined : parseCursor(after);
      return read(() => {
        const range = {
          limit: max,
          ...(from && { start: [from.time, from.sequence + 1] as Position }),
        };
        return EVERYBODYS_LISTS.flatMap((list) => Array.from(audit[list].getRange(range)))
          .sort((a, b) => byPosition(b.key, a.key))
          .slice(0, max)
          .map(placed);
      });
    },
  };
}

/** Removes expired entries. Call within a transaction. */
export function sweepAudit(tables: Tables, now: number): void {
  const { audit, walletAuditExpiries } = tables;
  for (const table of Object.values(audit)) {
    const expired: Position[] = [];
    for (const { key, value } of table.getRange({})) {
      if (value.expiresAt > now) break;
      expired.push(key);
    }
    for (const position of expired) void table.remove(position);
  }
  const end = [now + 1, '', 'history', 0, 0] as [number, ...WalletPosition];
  for (const [, ...position] of Array.from(walletAuditExpiries.getKeys({ end }))) {
    removeEntry(tables, position);
  }
}

interface PositionedRow {
  readonly key: Position;
  readonly value: AuditEntryRow;
}

const placed = ({ key: [time, sequence], value: { sealed } }: PositionedRow): PlacedEntry => ({
  cursor: `${time}-${sequence}`,
  sealed,
});

/** Orders positions, newest first. */
function byPosition([time, sequence]: Position, [otherTime, otherSequence]: Position): number {
  return otherTime - time || otherSequence - sequence;
}

/** The first bytes of the id of an entry, which follows the 6 bytes of its time. */
function idOf(row: AuditEntryRow | undefined, length: number): Uint8Array {
  return row?.sealed.subarray(6, 6 + length) ?? new Uint8Array();
}

function positionsOf(
  { walletAudit }: Tables,
  partition: Partition,
  list: WalletList,
): WalletPosition[] {
  return Array.from(walletAudit.getKeys(rangeOf(partition, list)));
}

function rangeOf(partition: Partition, list: WalletList) {
  const start: WalletPosition = [partition, list, 0, 0];
  const end: WalletPosition = [partition, list, Infinity, 0];
  return { start, end };
}

/** Constant time, whereas counting the keys would read them. */
function entryCountOf(table: Tables['audit'][EverybodysList]): number {
  return (table.getStats() as { entryCount: number }).entryCount;
}

function removeEntry({ walletAudit, walletAuditExpiries }: Tables, position: WalletPosition): void {
  const row = walletAudit.get(position);
  if (row === undefined) return;
  void walletAudit.remove(position);
  void walletAuditExpiries.remove([row.expiresAt, ...position]);
}

/** The position after the last one, even if the clock has stepped back. */
function next(last: Position | undefined, now: number): Position {
  if (last === undefined || now > last[0]) return [now, 0];
  return [last[0], last[1] + 1];
}
