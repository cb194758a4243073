import { Cluster, type Redis } from 'ioredis';
import type { PlacedRecord, RecordScanner } from '../../../sessions/record-scanner.js';
import type { SessionId } from '../../../sessions/session.js';
import { rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisClient } from '../connection/client.js';
import type { Deadlines } from '../scripts/deadlines.js';
import { scripts } from '../scripts/generated/scripts.js';
import type { RedisKeys } from '../keys.js';
import { readText } from '../connection/reads.js';
import { unpackRecord } from '../scripts/formats.js';
import { script } from '../scripts/index.js';

/**
 * All records, by `SCAN`, which holds up nobody else for long: of a cluster, at each master in turn. One that
 * moves to another master meanwhile may be missed.
 */
export function createRedisRecordScanner(
  redis: RedisClient,
  keys: RedisKeys,
  deadlines: Deadlines,
): RecordScanner {
  const { replace_details: lua } = scripts;
  const replaceDetails = script<number>(redis, 'replace_details', lua, deadlines);

  async function* recordsAt(server: Redis, size: number): AsyncGenerator<PlacedRecord[]> {
    let cursor = '0';
    do {
      const [next, names] = await rethrowAsUnavailable(
        server.scan(cursor, 'MATCH', keys.records, 'COUNT', size),
      );
      cursor = next;
      // One by one: in a cluster, MGET is for the keys of one slot.
      const read = names.map(async (name) => ({
        name,
        packed: await rethrowAsUnavailable(readText(server, name)),
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
        [keys.index(partition), keys.revocations(partition), keys.record(partition, id)],
        keys.recordPrefix(partition),
        0,
        id,
        Buffer.from(details),
        Buffer.from(replacement),
      );
      return replaced === 1;
    },
  };
}
