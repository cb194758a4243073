import { WORKLOAD } from './workload.js';

/**
 * How much of everything a workload takes, from the measured cost of each step.
 * @param costs as {@link readCosts} reads them, in microseconds of a core and bytes
 * @param missRatio what part of the validations asks Redis
 */
export function planFor(costs, missRatio, workload = WORKLOAD) {
  const active = workload.requestsPerSecond / workload.requestsOfAnActiveSession;
  const rates = {
    misses: workload.requestsPerSecond * missRatio,
    touches: active / workload.secondsBetweenLastSeen,
    refreshes: workload.sessions / workload.secondsBetweenRefreshes,
    signIns: workload.sessions / workload.secondsOfASession,
    ends: workload.sessions / workload.secondsOfASession,
  };
  const redisCores =
    (rates.misses * costs.redis.validate +
      rates.touches * costs.redis.touch +
      rates.refreshes * costs.redis.refresh +
      rates.signIns * costs.redis.start +
      rates.ends * costs.redis.end) /
    1e6;
  const instanceCores =
    (workload.requestsPerSecond * costs.request +
      rates.misses * costs.process.validate +
      rates.touches * costs.process.touch +
      rates.refreshes * (costs.request + costs.process.refresh) +
      rates.signIns * costs.signIn +
      rates.ends * (costs.request + costs.process.end)) /
    1e6;
  const gigabytes = {
    sessions: (workload.sessions * costs.bytes) / 1e9,
    /** A wallet's audit log keeps the newest of its entries, whatever session they are of. */
    auditLogs: (workload.sessions * workload.auditEntriesOfAWallet * costs.bytesOfARefresh) / 1e9,
    ends: (rates.ends * workload.secondsOfAnEnd * costs.bytesOfAnEnd) / 1e9,
  };
  const gigabytesInAll = gigabytes.sessions + gigabytes.auditLogs + gigabytes.ends;
  const forMemory = gigabytesInAll / workload.gigabytesOfAShard;
  const forCores = redisCores / workload.plannedUse;
  const shards = Math.ceil(Math.max(forMemory, forCores));
  const instances = Math.ceil(instanceCores / workload.plannedUse);
  // Each shard has a replica, on a core and in memory of its own.
  const dollarsAnHour =
    (instances + 2 * shards) * workload.dollarsOfACoreHour +
    2 * shards * workload.gigabytesOfAShard * workload.dollarsOfAGigabyteHour;
  return {
    active,
    rates,
    redisCores,
    instanceCores,
    gigabytes,
    shards,
    instances,
    bound: forMemory > forCores ? 'memory' : 'its core',
    useOfAShard: redisCores / shards,
    /**
     * Command and answer with their TCP headers; each touch also tells the cache, and what writes goes to the
     * replica once more.
     */
    megabitsOfRedis:
      (8 *
        (rates.misses * 600 +
          rates.touches * (900 + 500) +
          (rates.refreshes + rates.signIns + rates.ends) * (1200 + 600))) /
      1e6,
    megabitsOfClients:
      (8 * workload.requestsPerSecond * workload.bytesOfARequestAndItsAnswer) / 1e6,
    dollarsAMonth: dollarsAnHour * 730,
    /** What leaves for the clients: half of what they exchange. */
    dollarsOfTrafficAMonth:
      ((workload.requestsPerSecond * workload.bytesOfARequestAndItsAnswer) / 2 / 1e9) *
      3600 *
      730 *
      workload.dollarsOfAGigabyteOut,
  };
}
