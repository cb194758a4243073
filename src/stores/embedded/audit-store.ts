import {
  EVERYBODYS_LISTS,
  REPLACED_WITHIN,
  WALLET_LISTS,
  type AuditStore,
  type EverybodysList,
  type WalletList,
} from '../../audit/store.js';
import type { Partition } from '../../accounts/wallet.js';
import { parseCursor } from '../cursor.js';
import { read, transact, type AuditEntryRow, type Tables } from './tables.js';

type Place = [time: number, sequence: number];
type WalletPlace = [Partition, WalletList, ...Place];

/** Audit entries in LMDB: each append is one transaction, which also removes the entries that are too many. */
export function createEmbeddedAuditStore(tables: Tables): AuditStore {
  const { audit, walletAudit, walletAuditExpiries } = tables;

  /** The newest place in all lists of everybody. */
  const lastPlace = (): Place | undefined =>
    EVERYBODYS_LISTS.flatMap((list) =>
      Array.from(audit[list].getKeys({ reverse: true, limit: 1 })),
    ).sort(byPlace)[0];

  function dropOldest(list: EverybodysList, most: number): void {
    const excess = entryCountOf(audit[list]) - most;
    if (excess <= 0) return;
    for (const place of Array.from(audit[list].getKeys({ limit: excess }))) {
      void audit[list].remove(place);
    }
  }

  function removeReplaced(places: readonly WalletPlace[], replaces: string): WalletPlace[] {
    const replaced = places
      .slice(-REPLACED_WITHIN)
      .findLast((place) => idOf(walletAudit.get(place)).startsWith(replaces));
    if (replaced !== undefined) removeEntry(tables, replaced);
    return places.filter((place) => place !== replaced);
  }

  return {
    appendToWallet: (partition, list, sealed, { most, age }, now, replaces) =>
      transact(tables, () => {
        const history = placesOf(tables, partition, 'history');
        if (list !== 'history' && history.length === 0) return;
        const all = list === 'history' ? history : placesOf(tables, partition, list);
        const places = replaces === undefined ? all : removeReplaced(all, replaces);
        places.forEach((place, position) => {
          const isOld = place[2] <= now - age || position < places.length - most + 1;
          if (isOld) removeEntry(tables, place);
        });
        const [time, sequence] = next(all.at(-1)?.slice(2) as Place | undefined, now);
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

    append: (list, sealed, { most, age }, now) =>
      transact(tables, () => {
        void audit[list].put(next(lastPlace(), now), { sealed, expiresAt: now + age });
        dropOldest(list, most);
      }),

    async read(most, before) {
      const start = before === undefined ? undefined : parseCursor(before);
      return read(() => {
        const range = {
          reverse: true,
          limit: most,
          ...(start && { start: [start.time, start.sequence - 1] as Place }),
        };
        return EVERYBODYS_LISTS.flatMap((list) => Array.from(audit[list].getRange(range)))
          .sort((a, b) => byPlace(a.key, b.key))
          .slice(0, most)
          .map(({ key: [time, sequence], value: { sealed } }) => ({
            cursor: `${time}-${sequence}`,
            sealed,
          }));
      });
    },
  };
}

/** Removes what has expired. Within a transaction. */
export function sweepAudit(tables: Tables, now: number): void {
  const { audit, walletAuditExpiries } = tables;
  for (const table of Object.values(audit)) {
    const expired: Place[] = [];
    for (const { key, value } of table.getRange({})) {
      if (value.expiresAt > now) break;
      expired.push(key);
    }
    for (const place of expired) void table.remove(place);
  }
  const end = [now + 1, '', 'history', 0, 0] as [number, ...WalletPlace];
  for (const [, ...place] of Array.from(walletAuditExpiries.getKeys({ end }))) {
    removeEntry(tables, place);
  }
}

/** Newest first. */
function byPlace([time, sequence]: Place, [otherTime, otherSequence]: Place): number {
  return otherTime - time || otherSequence - sequence;
}

/** The id that follows the 13 digits of the time. */
function idOf(row: AuditEntryRow | undefined): string {
  return Buffer.from(row?.sealed.subarray(13, 29) ?? []).toString('latin1');
}

function placesOf({ walletAudit }: Tables, partition: Partition, list: WalletList): WalletPlace[] {
  return Array.from(walletAudit.getKeys(rangeOf(partition, list)));
}

function rangeOf(partition: Partition, list: WalletList) {
  const start: WalletPlace = [partition, list, 0, 0];
  const end: WalletPlace = [partition, list, Infinity, 0];
  return { start, end };
}

/** At once: counting the keys would read them. */
function entryCountOf(table: Tables['audit'][EverybodysList]): number {
  return (table.getStats() as { entryCount: number }).entryCount;
}

function removeEntry({ walletAudit, walletAuditExpiries }: Tables, place: WalletPlace): void {
  const row = walletAudit.get(place);
  if (row === undefined) return;
  void walletAudit.remove(place);
  void walletAuditExpiries.remove([row.expiresAt, ...place]);
}

/** After the last one, even if the clock has stepped back. */
function next(last: Place | undefined, now: number): Place {
  if (last === undefined || now > last[0]) return [now, 0];
  return [last[0], last[1] + 1];
}
