import { Cluster } from 'ioredis';
import type { Tell } from '../../changes.js';
import { rethrowAsUnavailable } from '../connection/outages.js';
import { trackInvalidationsAtOwners } from './cluster.js';
import type { RedisClient } from '../connection/client.js';
import type { RedisConnector } from '../connection/connector.js';
import { trackInvalidations, type TrackedReads } from './tracking.js';
import type { RedisKeys } from '../keys.js';
import { createReader, readText, type Read } from '../connection/reads.js';

export interface TrackedReadsOptions {
  readonly commands: RedisClient;
  readonly connector: RedisConnector;
  readonly keys: RedisKeys;
  /** Milliseconds for which a change can stay unheard, whatever breaks. */
  readonly bound: number;
  readonly tell: Tell;
  readonly onError: (error: Error) => void;
}

/** Connects to what tells of changes, at once and beside the commands. */
export function trackReads(options: TrackedReadsOptions): TrackedReads {
  const { commands, connector, onError, ...rest } = options;
  if (commands instanceof Cluster) {
    return trackInvalidationsAtOwners({ cluster: commands, connector, onError, ...rest });
  }
  // Of RESP3, ioredis drops the messages of invalidation.
  const channel = connector.subscriber('wallet-sessions-invalidations', { protocol: 2 });
  const tracking = trackInvalidations({ reads: commands, channel, ...rest });
  channel.on('error', onError);
  channel.connect().catch(() => undefined);
  return {
    bound: tracking.bound,
    upToDate: tracking.upToDate,
    read: createReader(tracking.read),
    stop() {
      tracking.stop();
      channel.disconnect();
    },
  };
}

/** Reads of records alone. In a cluster one by one: each key may be of another master. */
export function plainReads(commands: RedisClient): Read {
  return commands instanceof Cluster
    ? (name) => rethrowAsUnavailable(readText(commands, name))
    : createReader((names) => commands.mgetBuffer([...names]));
}
