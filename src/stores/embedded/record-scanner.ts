import type { PlacedRecord, RecordScanner } from '../../sessions/record-scanner.js';
import type { SessionId } from '../../sessions/session.js';
import type { Partition } from '../../accounts/wallet.js';
import { putSession } from './session-table.js';
import { read, transact, type Tables } from './tables.js';

/** All records of LMDB in the order of their keys, each batch as it is when it is asked for. */
export function createEmbeddedRecordScanner(tables: Tables): RecordScanner {
  const { sessions } = tables;

  const batchAfter = (last: PlacedRecord | undefined, size: number) =>
    read(() => {
      const range = sessions.getRange({ limit: size, ...(last && { start: placeAfter(last) }) });
      return Array.from(range, ({ key: [partition], value }) => ({ partition, record: value }));
    });

  return {
    async *records(size) {
      let last: PlacedRecord | undefined;
      for (;;) {
        const batch = await batchAfter(last, size);
        if (batch.length === 0) return;
        yield batch;
        last = batch.at(-1);
      }
    },

    replaceDetails: (partition, id, details, replacement) =>
      transact(tables, () => {
        const record = sessions.get([partition, id]);
        if (record === undefined || Buffer.compare(record.details, details) !== 0) return false;
        putSession(tables, partition, { ...record, details: replacement });
        return true;
      }),
  };
}

/** Before every other record that comes after it, even where it is not there any more. */
function placeAfter({ partition, record }: PlacedRecord): [Partition, SessionId] {
  return [partition, `${record.id}-` as SessionId];
}
