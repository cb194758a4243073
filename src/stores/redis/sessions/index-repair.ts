import { Cluster, type Redis } from 'ioredis';
import type { SessionStore } from '../../../sessions/store.js';
import type { SessionId } from '../../../sessions/session.js';
import type { Partition } from '../../../accounts/wallet.js';
import { type RedisClient, slotOwner } from '../connection/client.js';
import { scripts } from '../scripts/generated/scripts.js';
import type { RedisKeys } from '../keys.js';
import { script } from '../scripts/index.js';
import { isWrongType } from '../connection/outages.js';

/** Mends what somebody else's writing has broken. */
export interface IndexRepair {
  /** Begins to, where that is why a step of the partition has failed. Without failing. */
  notice(partition: Partition, error: unknown): void;
}

/** How many keys Redis looks at in one go: a fraction of a millisecond. */
const COUNT = 1000;

/**
 * Makes the index of a partition anew where something that is no index is in its place: without an index,
 * its owner could neither sign in, nor see or end sessions. Until then, every step that needs it fails, and
 * nothing is let in by that. The records are found by `SCAN`, of one partition at a time.
 */
export function createIndexRepair(
  redis: RedisClient,
  keys: RedisKeys,
  onError: (error: Error) => void,
): IndexRepair {
  const reindex = script<number>(redis, 'reindex', scripts.reindex);
  const broken = new Set<Partition>();
  let underWay: Promise<void> | undefined;

  function serverOf(partition: Partition): Redis | undefined {
    if (!(redis instanceof Cluster)) return redis;
    const owner = slotOwner(redis, keys.index(partition));
    return redis.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === owner);
  }

  async function mend(partition: Partition): Promise<void> {
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
    const names = [keys.index(partition), keys.revocations(partition)];
    const count = await reindex(names, prefix, Date.now(), ...ids);
    if (count >= 0) {
      onError(
        new Error(
          `The index of ${partition} was overwritten; made it anew with ${count} sessions.`,
        ),
      );
    }
  }

  async function mendAll(): Promise<void> {
    for (const partition of broken) {
      // What failed is noticed again by whoever needs it.
      await mend(partition).catch(onError);
      broken.delete(partition);
    }
    underWay = undefined;
  }

  return {
    notice(partition, error) {
      if (!isWrongType(error)) return;
      broken.add(partition);
      underWay ??= mendAll();
    },
  };
}

/** The same store, whose failures are noticed by the repair. */
export function repairingIndexes(store: SessionStore, repair: IndexRepair): SessionStore {
  const noticing =
    <Rest extends unknown[], Result>(
      step: (partition: Partition, ...rest: Rest) => Promise<Result>,
    ) =>
    async (partition: Partition, ...rest: Rest): Promise<Result> => {
      try {
        return await step(partition, ...rest);
      } catch (error) {
        repair.notice(partition, error);
        throw error;
      }
    };
  return {
    insert: noticing(store.insert.bind(store)),
    find: noticing(store.find.bind(store)),
    list: noticing(store.list.bind(store)),
    listPage: noticing(store.listPage.bind(store)),
    rotate: noticing(store.rotate.bind(store)),
    touch: noticing(store.touch.bind(store)),
    reauthenticate: noticing(store.reauthenticate.bind(store)),
    revoke: noticing(store.revoke.bind(store)),
    confirm: noticing(store.confirm.bind(store)),
    expire: noticing(store.expire.bind(store)),
  };
}
