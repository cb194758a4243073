import { optional, readOptionsOf, required, type OptionsOf } from '../../options.js';
import { callable, text } from '../../setting-types.js';
import { clockType, NO_SKEW, systemClock } from '../../clock.js';
import { createInvalidationListeners, withChangeNotifications } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import { createEmbeddedAuditStore } from './audit-store.js';
import { createEmbeddedChallengeStore } from './challenge-store.js';
import { createEmbeddedExpiredSessions, startSweeping } from './expiry.js';
import { openExclusively } from './exclusive-tables.js';
import { createEmbeddedRecordScanner } from './record-scanner.js';
import { createEmbeddedSessionStore } from './session-store.js';
import { createRevocationLog } from './revocation-log.js';
import { createEmbeddedRateLimitStore, createEmbeddedStatisticsStore } from './counts.js';
import { assertUsable } from './tables.js';

export const EMBEDDED_SETTINGS = {
  /** The directory of the files. Created if it does not exist. */
  directory: required(text),
  /** The clock by which expired rows are removed. By default, the system clock. */
  clock: optional(clockType),
  /** Receives errors of removing expired rows, which the next sweep retries. By default, they are logged to the console. */
  onError: optional(callable<(error: Error) => void>('(error: Error) => void')),
};

/** Options of {@link openEmbeddedStore}. */
export type EmbeddedStoreOptions = OptionsOf<typeof EMBEDDED_SETTINGS>;

/**
 * Opens a store in local files (LMDB) for this process. It survives a restart and a crash.
 * @throws Error of the file system if the directory cannot be used
 * @throws StoreInUseError if this or another process already has it open
 * @throws TypeError for an invalid or unknown option
 */
export function openEmbeddedStore(options: EmbeddedStoreOptions): OpenStore {
  const read = readOptionsOf('openEmbeddedStore', EMBEDDED_SETTINGS, options);
  const { directory, clock = systemClock, onError = writeToConsole } = read;
  const { tables, close } = openExclusively(directory);
  const revocations = createRevocationLog(tables);
  const { listen, notify } = createInvalidationListeners();
  const sessions = withChangeNotifications(createEmbeddedSessionStore(tables, revocations), notify);
  const stopSweeping = startSweeping(tables, revocations, clock, onError);
  return {
    name: 'embedded',
    sessions,
    expired: createEmbeddedExpiredSessions(tables, revocations, notify),
    scanner: createEmbeddedRecordScanner(tables),
    revocations,
    // Every change to a session is made through this object.
    clock: NO_SKEW,
    invalidations: { bound: 0, upToDate: () => true, listen },
    challenges: createEmbeddedChallengeStore(tables),
    rateLimits: createEmbeddedRateLimitStore(),
    audit: createEmbeddedAuditStore(tables),
    statistics: createEmbeddedStatisticsStore(tables),
    ping: () => assertUsable(tables),
    caveats: () =>
      Promise.resolve([
        'The embedded store serves a single process. Use Redis (REDIS_URL) to run several instances.',
        'It is as durable and as available as the disk of this machine. Nothing is replicated.',
      ]),
    async close() {
      await stopSweeping();
      await close();
    },
  };
}

function writeToConsole(error: Error): void {
  console.error('wallet-sessions:', error);
}
