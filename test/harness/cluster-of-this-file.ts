import { startRedisCluster, type RedisCluster } from './redis-cluster.js';

let started: Promise<RedisCluster> | undefined;

/** The cluster that all tests of a file share, each under a prefix of its own: it takes a while to start. */
export function clusterOfThisFile(): Promise<RedisCluster> {
  return (started ??= startRedisCluster());
}

// After the hooks of all tests in the file.
afterAll(async () => {
  await (await started)?.stop();
});
