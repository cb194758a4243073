import { Cluster } from 'ioredis';
import { ok, problem, type CheckResult } from '../../../check-result.js';
import type { RedisClient } from '../connection/client.js';
import { infoOf } from './info.js';

const SLOTS = 16_384;

/** Whether Redis is run as the configuration says, and of a cluster whether it serves every wallet. */
export async function examineTopology(client: RedisClient): Promise<CheckResult[]> {
  if (!(client instanceof Cluster)) {
    const isCluster = (await infoOf(client, 'cluster')).get('cluster_enabled') === '1';
    const remedy = 'Set REDIS_CLUSTER=true.';
    const meaning = 'This Redis is a node of a cluster: it serves its own slots alone.';
    return isCluster ? [problem('cluster', meaning, remedy)] : [];
  }
  // Each has a view of its own of who serves what.
  const views = await Promise.all(
    client.nodes('master').map(async (node) => viewIn(String(await node.call('CLUSTER', 'INFO')))),
  );
  const worst = views.reduce((one, other) => (other.served < one.served ? other : one));
  if (views.every(({ state }) => state === 'ok') && worst.served === SLOTS) {
    return [ok('cluster', `The cluster serves all ${SLOTS} slots.`)];
  }
  return [
    problem(
      'cluster',
      `The cluster is ${worst.state} and serves ${worst.served} of ${SLOTS} slots: the wallets in the others ` +
        'cannot sign in.',
      'Bring back the masters that are down, or assign their slots (redis-cli --cluster fix).',
    ),
  ];
}

/** What a node says of the cluster (`CLUSTER INFO`). */
function viewIn(text: string): { readonly state: string; readonly served: number } {
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
  return {
    state: field('cluster_state') ?? 'unknown',
    served: Number(field('cluster_slots_ok') ?? 0),
  };
}
