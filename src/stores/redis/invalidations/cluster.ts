import { ReplyError, type Cluster, type Redis } from 'ioredis';
import {
  readString,
  rethrowAsUnavailable,
  slotOwner,
  type RedisConnector,
} from '../connection/index.js';
import {
  trackInvalidations,
  type TrackedReads,
  type TrackedReadsOptions,
  type Tracking,
} from './tracking.js';

export interface ClusterReadsOptions extends TrackedReadsOptions {
  readonly cluster: Cluster;
  readonly connector: RedisConnector;
  readonly onError: (error: Error) => void;
}

/** Two connections to one master: one reads records, the other receives their invalidations. */
interface Master {
  readonly reads: Redis;
  readonly tracking: Tracking;
  close(): void;
}

/**
 * Tracks invalidations at each master of a cluster.
 *
 * A tracked value is as current as a read at that master. A master that loses a slot deletes its keys, and so reports
 * them. A master that becomes a replica no longer serves its probe key, so it is unreliable after the bound. Any
 * change of slot ownership invalidates everything.
 */
export function createClusterReads(options: ClusterReadsOptions): TrackedReads {
  const { cluster, keys, bound, notify } = options;
  const masters = new Map<string, Master>();
  /** The owner of each slot at the last refresh. */
  let owners: readonly (string | undefined)[] = [];

  function followOwners(): void {
    const current = Array.from(cluster.slots, (nodes?: readonly string[]) => nodes?.[0]);
    if (current.length === owners.length && current.every((node, slot) => node === owners[slot]))
      return;
    owners = current;
    const currentOwners = new Set(current.filter((node) => node !== undefined));
    for (const [node, master] of masters) {
      if (currentOwners.has(node)) {
        master.tracking.restart();
      } else {
        master.close();
        masters.delete(node);
      }
    }
    for (const node of currentOwners) {
      if (!masters.has(node)) masters.set(node, openMaster(options, node));
    }
  }

  // ioredis refreshes the slots every few seconds, and after a command was sent to the wrong node.
  cluster.on('refresh', followOwners);
  followOwners();

  /** Returns `undefined` if the owner of the key does not answer for it, or its reports are unreliable. */
  async function readTracked(name: string): Promise<Buffer | null | undefined> {
    const owner = slotOwner(cluster, name);
    const master = owner === undefined ? undefined : masters.get(owner);
    if (!master?.tracking.upToDate()) return undefined;
    try {
      const [value = null] = await master.tracking.read([name]);
      return value;
    } catch (error) {
      // The slot has moved, or the connection is lost: the client of the cluster finds the owner.
      if (error instanceof ReplyError || master.reads.status !== 'ready') return undefined;
      throw error;
    }
  }

  return {
    bound,
    upToDate: () => {
      for (const { tracking } of masters.values()) if (!tracking.upToDate()) return false;
      return masters.size > 0;
    },
    async read(name) {
      const tracked = await rethrowAsUnavailable(readTracked(name));
      if (tracked !== undefined) return tracked;
      const value = await rethrowAsUnavailable(readString(cluster, name));
      // Changes to this value are not reported, so it counts as changed and is not kept.
      const id = keys.idIn(name);
      if (id !== undefined) notify(id);
      return value;
    },
    stop() {
      cluster.off('refresh', followOwners);
      for (const master of masters.values()) master.close();
      masters.clear();
    },
  };
}

function openMaster(options: ClusterReadsOptions, node: string): Master {
  const { cluster, connector, keys, bound, notify, onError } = options;
  const reads = connector.subscriber('wallet-sessions-reads', { node });
  // ioredis drops invalidation messages of RESP3.
  const channel = connector.subscriber('wallet-sessions-invalidations', { node, protocol: 2 });
  const tracking = trackInvalidations({
    reads,
    channel,
    keys,
    bound,
    notify,
    ownsKey: (name) => slotOwner(cluster, name) === node,
  });
  for (const connection of [reads, channel]) {
    connection.on('error', onError);
    connection.connect().catch(() => undefined);
  }
  return {
    reads,
    tracking,
    close() {
      tracking.stop();
      reads.disconnect();
      channel.disconnect();
    },
  };
}
