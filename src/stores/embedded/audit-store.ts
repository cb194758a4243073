import type { AuditStore, WalletList } from '../../session/audit-log/store.js';
import type { Partition } from '../../session/wallet.js';
import { parseCursor } from '../cursor.js';
import { read, transact, type Tables } from './tables.js';

type Place = [time: number, sequence: number];
type WalletPlace = [Partition, WalletList, ...Place];

/** Audit entries in LMDB: each append one transaction, which also removes what there is too much of. */
export function createEmbeddedAuditStore(tables: Tables): AuditStore {
  const { audit, walletAudit, walletAuditExpiries } = tables;
  const lastPlace = (): Place | undefined =>
    Array.from(audit.getKeys({ reverse: true, limit: 1 })).at(0);

  function dropOldest(most: number): void {
    const excess = entryCountOf(audit) - most;
    if (excess <= 0) return;
    for (const place of Array.from(audit.getKeys({ limit: excess }))) void audit.remove(place);
  }

  return {
    appendToWallet: (partition, list, sealed, { most, age }, now) =>
      transact(tables, () => {
        const history = placesOf(tables, partition, 'history');
        if (list !== 'history' && history.length === 0) return;
        const places = list === 'history' ? history : placesOf(tables, partition, list);
        places.forEach((place, position) => {
          const isOld = place[2] <= now - age || position < places.length - most + 1;
          if (isOld) removeEntry(tables, place);
        });
        const [time, sequence] = next(places.at(-1)?.slice(2) as Place | undefined, now);
        const expiresAt = now + age;
        void walletAudit.put([partition, list, time, sequence], { sealed, expiresAt });
        void walletAuditExpiries.put([expiresAt, partition, list, time, sequence], true);
      }),

    readWallet: (partition) =>
      read(() =>
        (['history', 'attempts'] as const).flatMap((list) =>
          Array.from(walletAudit.getRange(rangeOf(partition, list)), ({ value }) => value.sealed),
        ),
      ),

    append: (sealed, { most, age }, now) =>
      transact(tables, () => {
        void audit.put(next(lastPlace(), now), { sealed, expiresAt: now + age });
        dropOldest(most);
      }),

    async read(most, before) {
      const start = before === undefined ? undefined : parseCursor(before);
      return read(() => {
        const entries = audit.getRange({
          reverse: true,
          limit: most,
          ...(start && { start: [start.time, start.sequence - 1] as Place }),
        });
        return Array.from(entries, ({ key: [time, sequence], value: { sealed } }) => ({
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
  const expired: Place[] = [];
  for (const { key, value } of audit.getRange({})) {
    if (value.expiresAt > now) break;
    expired.push(key);
  }
  for (const place of expired) void audit.remove(place);
  const end = [now + 1, '', 'history', 0, 0] as [number, ...WalletPlace];
  for (const [, ...place] of Array.from(walletAuditExpiries.getKeys({ end }))) {
    removeEntry(tables, place);
  }
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
function entryCountOf(audit: Tables['audit']): number {
  return (audit.getStats() as { entryCount: number }).entryCount;
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
