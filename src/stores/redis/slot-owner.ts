import { Command, type Cluster } from 'ioredis';

/** The master that is in charge of a key, as `host:port`; `undefined` while nobody is known to be. */
export function slotOwner(cluster: Cluster, key: string): string | undefined {
  return cluster.slots[new Command('get', [key]).getSlot()]?.[0];
}
