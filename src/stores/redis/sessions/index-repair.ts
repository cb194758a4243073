import { Cluster, type Redis } from 'ioredis';
import type { Clock } from '../../../clock.js';
import type { SessionStore } from '../../../sessions/store.js';
import type { SessionId } from '../../../sessions/session.js';
import type { Partition } from '../../../accounts/wallet.js';
import { isWrongType, slotOwner, type RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import { definePartitionScript } from '../scripts/index.js';

/** Repairs indexes that another program has overwritten. */
export interface IndexRepair {
  /**
   * Starts a repair if the error of a step of the partition shows that its index is overwritten. Returns immediately
   * and never throws.
   */
  report(partition: Partition, error: unknown): void;
}

/** Keys that one `SCAN` call visits: a fraction of a millisecond. */
const COUNT = 1000;

/**
 * Rebuilds the index of a partition if its key holds a value of another type. Without an index, its owner can neither
 * sign in, nor see or revoke sessions. Until then every step that needs the index fails, which admits nobody. Finds the
 * records by `SCAN`, for one partition at a time.
 */
export function createIndexRepair(
  redis: RedisClient,
  keys: RedisKeys,
  clock: Pick<Clock, 'now'>,
  onError: (error: Error) => void,
): IndexRepair {
  const reindex = definePartitionScript<number>(redis, keys, 'reindex');
  const broken = new Set<Partition>();
  let inFlight: Promise<void> | undefined;

  function serverOf(partition: Partition): Redis | undefined {
    if (!(redis instanceof Cluster)) return redis;
    const owner = slotOwner(redis, keys.index(partition));
    return redis.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === owner);
  }

  async function repairIndex(partition: Partition): Promise<void> {
    const server = serverOf(partition);
    if (server === undefined) return;
    const prefix = keys.recordPrefix(partition);
    const ids = new Set<SessionId>();
    let cursor = '0';
    do {
      const [next, names] = await server.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', COUNT);
      cursor = next;
      for (const name of names) {
        const id = keys.idIn(name);
        if (id !== undefined) ids.add(id);
      }
    } while (cursor !== '0');
    const count = await reindex(partition, [...ids], clock.now());
    if (count >= 0) {
      onError(
        new Error(
          `The index of ${partition} was overwritten and has been rebuilt with ${count} sessions.`,
        ),
      );
    }
  }

  async function repairAll(): Promise<void> {
    for (const partition of broken) {
      // A failed repair is reported again by the next step that needs the index.
      await repairIndex(partition).catch(onError);
      broken.delete(partition);
    }
    inFlight = undefined;
  }

  return {
    report(partition, error) {
      if (!isWrongType(error)) return;
      broken.add(partition);
      inFlight ??= repairAll();
    },
  };
}

/** Decorates a store: its errors are reported to the repair. */
export function withIndexRepair(store: SessionStore, repair: IndexRepair): SessionStore {
  const reporting =
    <Rest extends unknown[], Result>(
      step: (partition: Partition, ...rest: Rest) => Promise<Result>,
    ) =>
    async (partition: Partition, ...rest: Rest): Promise<Result> => {
      try {
        return await step(partition, ...rest);
      } catch (error) {
        repair.report(partition, error);
        throw error;
      }
    };
  return {
    insert: reporting(store.insert.bind(store)),
    find: reporting(store.find.bind(store)),
    list: reporting(store.list.bind(store)),
    listPage: reporting(store.listPage.bind(store)),
    rotate: reporting(store.rotate.bind(store)),
    markUsed: reporting(store.markUsed.bind(store)),
    touch: reporting(store.touch.bind(store)),
    reauthenticate: reporting(store.reauthenticate.bind(store)),
    revoke: reporting(store.revoke.bind(store)),
    confirm: reporting(store.confirm.bind(store)),
    expire: reporting(store.expire.bind(store)),
  };
}
