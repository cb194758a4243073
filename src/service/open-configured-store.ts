import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/read.js';
import type { Clock } from '../clock.js';
import { openEmbeddedStore } from '../stores/embedded/open.js';
import type { OpenStore } from '../stores/open-store.js';
import { openRedisStore } from '../stores/redis/open.js';
import type { Logger } from './log.js';

export interface StoreListeners {
  /** Told of each connection error of Redis, and of what the embedded store could not tidy up: both mend themselves. */
  readonly onError?: (error: Error) => void;
  /** Told each time that commands can be sent to Redis (again). */
  readonly onReady?: () => void;
  /** Told when the clocks of this machine and of Redis begin to differ by more than 2 seconds. */
  readonly onClockSkew?: (ahead: number) => void;
}

/**
 * Opens the store that the configuration names.
 * @throws Error of `node:fs` where the data directory or the certificates cannot be had
 * @throws StoreInUseError where another process has the embedded store open
 */
export async function openStoreOf(
  { redis, dataDirectory }: Pick<Config, 'redis' | 'dataDirectory'>,
  clock: Clock,
  listeners: StoreListeners = {},
): Promise<OpenStore> {
  if (redis === undefined) {
    return openEmbeddedStore({
      directory: resolve(dataDirectory, 'store'),
      clock,
      onError: listeners.onError,
    });
  }
  const { certificateFile, ...address } = redis;
  const certificateAuthority =
    certificateFile === undefined ? undefined : await readFile(certificateFile, 'utf8');
  return openRedisStore({ ...address, certificateAuthority, ...listeners });
}

/**
 * The same for a service, which tells the log of the store and of what it does not give. A Redis that cannot
 * be reached yet is no reason not to start: it will be reached when it is there.
 */
export async function openConfiguredStore(
  config: Config,
  log: Logger,
  clock: Clock,
): Promise<OpenStore> {
  const outages = logOutages(log);
  let introduceAgain = () => {};
  const store = await openStoreOf(config, clock, {
    onError: (error) => {
      if (config.redis === undefined) log.error({ err: error }, 'the embedded store failed');
      else outages.failed(error);
    },
    onReady() {
      outages.recovered();
      introduceAgain();
    },
    onClockSkew(ahead) {
      const [seconds, side] = [
        Math.abs(ahead / 1000).toFixed(1),
        ahead < 0 ? 'ahead of' : 'behind',
      ];
      log.warn(
        `the clock of this machine is ${seconds} s ${side} that of Redis: sessions go by the clock of Redis; ` +
          'synchronize both (NTP)',
      );
    },
  });
  await introduce(store, log);
  // It may be another server then, configured in another way.
  introduceAgain = () => void introduce(store, log);
  return store;
}

async function introduce(store: OpenStore, log: Logger): Promise<void> {
  const about = { store: store.name };
  try {
    const caveats = await store.caveats();
    log.info(about, `sessions are kept in the ${store.name} store`);
    for (const caveat of caveats) log.warn(about, caveat);
  } catch (error) {
    const { cause } = error as Error;
    log.error(
      { ...about, err: cause },
      `${store.name} cannot be reached: until it can, nobody is let in`,
    );
  }
}

/** One entry when an outage begins, one for each further thing that goes wrong, one when it is over. */
function logOutages(log: Logger) {
  const known = new Set<string>();
  return {
    failed(error: Error): void {
      if (known.has(error.message)) return;
      known.add(error.message);
      log.error({ err: error }, 'Redis failed');
    },
    recovered(): void {
      if (known.size > 0) log.info('connected to Redis again');
      known.clear();
    },
  };
}
