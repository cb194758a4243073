import { Redis } from 'ioredis';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { RedisStoreOptions } from '../../src/stores/redis/settings.js';
import { clusterOfThisFile } from '../harness/cluster-of-this-file.js';
import { everyMasterAnswers } from '../harness/open-store.js';
import { aPartition } from '../harness/record.js';
import { startRedisServer } from '../harness/redis-server.js';
import { ownPrefix, PATIENT_TIMEOUT } from '../harness/stores.js';

const COMMANDS = 100;

describe('commands issued in one turn of the event loop', () => {
  it('sends the commands issued in one turn of the event loop to Redis together', async () => {
    const server = await startRedisServer();
    const counter = new Redis(server.url);
    try {
      expect(await readsWhileSending({ url: server.url }, [counter])).toBeLessThan(COMMANDS / 4);
    } finally {
      counter.disconnect();
      await server.stop();
    }
  });

  it('sends the commands issued in one turn of the event loop to each master of a cluster together', async () => {
    const { url, masters } = await clusterOfThisFile();
    const counters = (await masters()).map(({ admin }) => admin);
    expect(await readsWhileSending({ url, cluster: true }, counters)).toBeLessThan(COMMANDS / 2);
  });
});

/** The number of reads that the servers count while the commands are sent. */
async function readsWhileSending(
  options: RedisStoreOptions,
  counters: readonly Redis[],
): Promise<number> {
  const store = await openRedisStore({
    ...options,
    keyPrefix: ownPrefix(),
    commandTimeout: PATIENT_TIMEOUT,
  });
  const reads = async () => {
    const counts = await Promise.all(counters.map(readsOf));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const send = () =>
    Promise.all(
      Array.from({ length: COMMANDS }, () => store.sessions.expire(aPartition(), Date.now())),
    );
  try {
    await everyMasterAnswers(store.sessions);
    // Loads the script on the servers.
    await send();
    const before = await reads();
    await send();
    return (await reads()) - before;
  } finally {
    await store.close();
  }
}

async function readsOf(client: Redis): Promise<number> {
  const [, count] = /^total_reads_processed:(\d+)/m.exec(await client.info('stats')) ?? [];
  return Number(count);
}
