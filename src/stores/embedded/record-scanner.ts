import type { Partition } from '../../accounts/wallet.js';
import type { PlacedRecord, RecordScanner } from '../../sessions/record.js';
import type { SessionId } from '../../sessions/session.js';
import { putSession, read, transact, type Tables } from './tables.js';

/** Scans all records of LMDB in the order of their keys. Each batch is read when it is requested. */
export function createEmbeddedRecordScanner(tables: Tables): RecordScanner {
  const { sessions } = tables;

  const batchAfter = (last: PlacedRecord | undefined, size: number) =>
    read(() => {
      const range = sessions.getRange({ limit: size, ...(last && { start: keyAfter(last) }) });
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

/** The start of the range after a record, whether or not the record still exists. */
function keyAfter({ partition, record }: PlacedRecord): [Partition, SessionId] {
  return [partition, `${record.id}-` as SessionId];
}
