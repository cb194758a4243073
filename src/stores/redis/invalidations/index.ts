import { Cluster } from 'ioredis';
import { createBatchedRead, type RedisClient, type RedisConnector } from '../connection/index.js';
import { createClusterReads } from './cluster.js';
import { trackInvalidations, type TrackedReadsOptions, type TrackedReads } from './tracking.js';

/**
 * Reads records so that Redis reports every later change to them, on a single server or in a cluster. Connects
 * immediately, with connections besides the one for commands.
 */
export function createTrackedReads(
  options: TrackedReadsOptions & {
    readonly commands: RedisClient;
    readonly connector: RedisConnector;
    readonly onError: (error: Error) => void;
  },
): TrackedReads {
  const { commands, connector, onError, ...rest } = options;
  if (commands instanceof Cluster) {
    return createClusterReads({ cluster: commands, connector, onError, ...rest });
  }
  // ioredis drops invalidation messages of RESP3.
  const channel = connector.subscriber('wallet-sessions-invalidations', { protocol: 2 });
  const tracking = trackInvalidations({ reads: commands, channel, ...rest });
  channel.on('error', onError);
  channel.connect().catch(() => undefined);
  return {
    bound: tracking.bound,
    upToDate: tracking.upToDate,
    read: createBatchedRead(tracking.read),
    stop() {
      tracking.stop();
      channel.disconnect();
    },
  };
}
