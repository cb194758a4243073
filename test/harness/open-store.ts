import type { Clock } from '../../src/clock.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import type { RedisAddress } from '../../src/stores/redis/settings.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { SessionStore } from '../../src/sessions/store.js';
import { clusterOfThisFile } from './cluster-of-this-file.js';
import { eventually } from './eventually.js';
import { aPartition } from './record.js';
import {
  ownPrefix,
  PATIENT_TIMEOUT,
  redisUrl,
  temporaryDirectory,
  type StoreName,
} from './stores.js';

/** An unshared store. */
export interface TestStore {
  readonly store: OpenStore;
  /** A second instance on the same data. On Redis it has separate connections. */
  readonly elsewhere: OpenStore;
  close(): Promise<void>;
}

export async function openTestStore(name: StoreName, clock: Clock): Promise<TestStore> {
  if (name === 'embedded') return openEmbedded(clock);
  if (name === 'Redis') return openOnRedis({ url: redisUrl() });
  const opened = await openOnRedis({ url: (await clusterOfThisFile()).url, cluster: true });
  await Promise.all(
    [opened.store, opened.elsewhere].map(({ sessions }) => everyMasterAnswers(sessions)),
  );
  return opened;
}

async function openOnRedis(address: RedisAddress): Promise<TestStore> {
  // A staleness bound that is never reached, so that only a test clears the near-cache.
  const options = {
    ...address,
    keyPrefix: ownPrefix(),
    nearCacheBound: 60_000,
    commandTimeout: PATIENT_TIMEOUT,
  };
  const [store, elsewhere] = await Promise.all([openRedisStore(options), openRedisStore(options)]);
  return {
    store,
    elsewhere,
    async close() {
      await Promise.all([store.close(), elsewhere.close()]);
    },
  };
}

/** A client connects to a master of a cluster on first use. Commands may fail before the connection is ready. */
export function everyMasterAnswers(sessions: Pick<SessionStore, 'list'>): Promise<unknown> {
  const somewhere = () => sessions.list(aPartition(), Date.now());
  return eventually(() => Promise.all(Array.from({ length: 50 }, somewhere)));
}

/** The embedded store serves one process, so `elsewhere` is the same store. */
async function openEmbedded(clock: Clock): Promise<TestStore> {
  const directory = await temporaryDirectory();
  const store = openEmbeddedStore({ directory: directory.path, clock });
  return {
    store,
    elsewhere: store,
    async close() {
      await store.close();
      await directory.remove();
    },
  };
}
