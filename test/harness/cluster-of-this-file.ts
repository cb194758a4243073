import { startRedisCluster, type RedisCluster } from './redis-cluster.js';

let started: Promise<RedisCluster> | undefined;

/** The cluster that all tests of a file share, each with a separate prefix, because it is slow to start. */
export function clusterOfThisFile(): Promise<RedisCluster> {
  return (started ??= startRedisCluster());
}

// Runs after the hooks of all tests in the file.
afterAll(async () => {
  await (await started)?.stop();
});
