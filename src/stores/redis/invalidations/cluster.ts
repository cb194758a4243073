import { ReplyError, type Cluster, type Redis } from 'ioredis';
import type { Tell } from '../../changes.js';
import { rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisConnector } from '../connection/connector.js';
import { trackInvalidations, type TrackedReads, type Tracking } from './tracking.js';
import type { RedisKeys } from '../keys.js';
import { readText } from '../connection/reads.js';
import { slotOwner } from '../connection/client.js';

export interface ClusterTrackingOptions {
  readonly cluster: Cluster;
  readonly connector: RedisConnector;
  readonly keys: RedisKeys;
  /** Milliseconds for which a change can stay unheard, whatever breaks. */
  readonly bound: number;
  readonly tell: Tell;
  readonly onError: (error: Error) => void;
}

/** Two connections of one master: on one records are read, on the other it tells which ones changed. */
interface Master {
  readonly reads: Redis;
  readonly tracking: Tracking;
  close(): void;
}

/**
 * Has each master of a cluster tell of every change to what was read from it, and prove that it does.
 *
 * What was read is as true as a read of that master would be. One that loses a slot deletes its keys, and so
 * tells of them; one that became a replica no longer lets its beacon be read, since it is not in charge of
 * it, and so is not relied on after the bound. And whenever it is seen that a slot has another owner,
 * everything is in doubt.
 */
export function trackInvalidationsAtOwners(options: ClusterTrackingOptions): TrackedReads {
  const { cluster, keys, bound, tell } = options;
  const masters = new Map<string, Master>();
  /** Who was in charge of each slot when it was last asked. */
  let owners: readonly (string | undefined)[] = [];

  function followOwners(): void {
    const current = Array.from(cluster.slots, (nodes?: readonly string[]) => nodes?.[0]);
    if (current.length === owners.length && current.every((node, slot) => node === owners[slot]))
      return;
    owners = current;
    const inCharge = new Set(current.filter((node) => node !== undefined));
    for (const [node, master] of masters) {
      if (inCharge.has(node)) {
        master.tracking.restart();
      } else {
        master.close();
        masters.delete(node);
      }
    }
    for (const node of inCharge) {
      if (!masters.has(node)) masters.set(node, openMaster(options, node));
    }
  }

  // Asked for every few seconds, and whenever a command was sent to the wrong node.
  cluster.on('refresh', followOwners);
  followOwners();

  /** `undefined` where the master does not answer for the key, or is not to be relied on. */
  async function readTracked(name: string): Promise<Buffer | null | undefined> {
    const owner = slotOwner(cluster, name);
    const master = owner === undefined ? undefined : masters.get(owner);
    if (!master?.tracking.upToDate()) return undefined;
    try {
      const [value = null] = await master.tracking.read([name]);
      return value;
    } catch (error) {
      // The key is elsewhere, or the connection has gone: the client of the cluster finds the way.
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
      const value = await rethrowAsUnavailable(readText(cluster, name));
      // Nobody will tell when it changes. So it counts as changed, and is not kept.
      const id = keys.idIn(name);
      if (id !== undefined) tell(id);
      return value;
    },
    stop() {
      cluster.off('refresh', followOwners);
      for (const master of masters.values()) master.close();
      masters.clear();
    },
  };
}

function openMaster(options: ClusterTrackingOptions, node: string): Master {
  const { cluster, connector, keys, bound, tell, onError } = options;
  const reads = connector.subscriber('wallet-sessions-reads', { node });
  // Of RESP3, ioredis drops the messages of invalidation.
  const channel = connector.subscriber('wallet-sessions-invalidations', { node, protocol: 2 });
  const tracking = trackInvalidations({
    reads,
    channel,
    keys,
    bound,
    tell,
    isInCharge: (name) => slotOwner(cluster, name) === node,
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
