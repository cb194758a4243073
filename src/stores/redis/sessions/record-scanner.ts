import { Cluster, type Redis } from 'ioredis';
import type { PlacedRecord, RecordScanner } from '../../../sessions/record.js';
import type { SessionId } from '../../../sessions/session.js';
import { readString, rethrowAsUnavailable, type RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import { defineScript, unpackRecord, type Deadlines } from '../scripts/index.js';

/**
 * Scans all records with `SCAN`, which never blocks Redis for long; in a cluster, one master after the other. A
 * record that moves to another master during the scan may be missed.
 */
export function createRedisRecordScanner(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): RecordScanner {
  const replaceDetails = defineScript<number>(redis, 'replace_details', deadlines);

  async function* recordsAt(server: Redis, size: number): AsyncGenerator<PlacedRecord[]> {
    let cursor = '0';
    do {
      const [next, names] = await rethrowAsUnavailable(
        server.scan(cursor, 'MATCH', keys.records, 'COUNT', size),
      );
      cursor = next;
      // One by one: in a cluster, `MGET` is limited to the keys of one slot.
      const read = names.map(async (name) => ({
        name,
        packed: await rethrowAsUnavailable(readString(server, name)),
      }));
      yield (await Promise.all(read)).flatMap(({ name, packed }) => {
        const id: SessionId | undefined = keys.idIn(name);
        if (packed === null || id === undefined) return [];
        return [{ partition: keys.partitionIn(name), record: unpackRecord(id, packed) }];
      });
    } while (cursor !== '0');
  }

  return {
    async *records(size) {
      const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
      for (const server of servers) yield* recordsAt(server, size);
    },

    async replaceDetails(partition, id, details, replacement) {
      const replaced = await replaceDetails(
        [keys.record(partition, id)],
        Buffer.from(details),
        Buffer.from(replacement),
      );
      return replaced === 1;
    },
  };
}
