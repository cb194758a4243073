import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/read.js';
import type { Clock } from '../clock.js';
import type { OpenStore } from '../stores/open-store.js';
import type { Logger } from './log.js';

export interface StoreListeners {
  /** Receives connection errors of Redis and failed clean-ups of the embedded store. Both are retried. */
  readonly onError?: (error: Error) => void;
  /** Called each time Redis becomes reachable. */
  readonly onReady?: () => void;
  /** Called when the clocks of this machine and of Redis begin to differ by more than 2 seconds. */
  readonly onClockSkew?: (ahead: number) => void;
}

/**
 * Opens the configured store. Only that one is loaded: each of them takes a noticeable part of the start.
 * @throws Error of `node:fs` if the data directory or the certificates cannot be read
 * @throws StoreInUseError if another process has the embedded store open
 */
export async function openStoreOf(
  { redis, dataDirectory }: Pick<Config, 'redis' | 'dataDirectory'>,
  clock: Clock,
  listeners: StoreListeners = {},
): Promise<OpenStore> {
  if (redis === undefined) {
    const { openEmbeddedStore } = await import('../stores/embedded/open.js');
    return openEmbeddedStore({
      directory: resolve(dataDirectory, 'store'),
      clock,
      onError: listeners.onError,
    });
  }
  const { certificateFile, ...address } = redis;
  const certificateAuthority =
    certificateFile === undefined ? undefined : await readFile(certificateFile, 'utf8');
  const { openRedisStore } = await import('../stores/redis/open.js');
  return openRedisStore({ ...address, certificateAuthority, ...listeners });
}

/**
 * Opens the configured store for a service, and logs its state and its shortcomings. The service also starts while Redis
 * cannot be reached, and connects when it can.
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
  // After a reconnection, it may be another server with a different configuration.
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
      `${store.name} cannot be reached: every session is refused until it can`,
    );
  }
}

/** Logs the beginning of an outage, each different error during it, and its end. */
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
