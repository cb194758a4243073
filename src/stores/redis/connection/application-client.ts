import type { ClusterNode, ClusterOptions } from 'ioredis';
import type { ApplicationClient } from '../settings.js';
import type { RedisSettings } from './client.js';

/** How a client of the application reaches Redis. */
export type Way =
  | { readonly kind: 'server'; readonly settings: RedisSettings }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly ClusterNode[];
      readonly options: ClusterOptions;
      /** For the connections to its nodes. */
      readonly settings: RedisSettings;
    };

/** What `Cluster` has, and its declarations hide. `Cluster.duplicate` uses it. */
interface WithStartupNodes {
  readonly startupNodes?: readonly ClusterNode[] | undefined;
}

/** @throws TypeError for a client of another package */
export function wayOf(client: ApplicationClient): Way {
  if (client.isCluster !== true) {
    return { kind: 'server', settings: connectionSettings(client.options) };
  }
  const { startupNodes: nodes } = client as WithStartupNodes;
  if (nodes === undefined) throw new TypeError('client must be a Redis or Cluster of ioredis.');
  const options: ClusterOptions = { ...client.options, ...NEUTRAL_OF_CLUSTER };
  return { kind: 'cluster', nodes, options, settings: connectionSettings(options.redisOptions) };
}

/** What is left to the defaults of ioredis: it changes commands, replies or the role of the server. */
const NEUTRAL: RedisSettings = {
  keyPrefix: undefined,
  readOnly: undefined,
  role: undefined,
  preferredSlaves: undefined,
  monitor: undefined,
  stringNumbers: undefined,
  protocol: undefined,
  enableAutoPipelining: undefined,
  scripts: undefined,
  himportFieldsets: undefined,
  offlineQueue: undefined,
  commandQueue: undefined,
  enableReadyCheck: undefined,
};

const NEUTRAL_OF_CLUSTER: ClusterOptions = {
  keyPrefix: undefined,
  scaleReads: undefined,
  enableAutoPipelining: undefined,
  scripts: undefined,
  himportFieldsets: undefined,
  shardedSubscribers: undefined,
  clusterNodeRetryStrategy: undefined,
};

function connectionSettings(options: object | undefined): RedisSettings {
  const settings: RedisSettings & { replyMapping?: unknown } = { ...options };
  delete settings.replyMapping;
  return { ...settings, ...NEUTRAL };
}
