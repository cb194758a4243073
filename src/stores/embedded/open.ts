import * as v from 'valibot';
import { callable, strictObject, instanceWith, readOptionsOf, text } from '../../options.js';
import { systemClock, type Clock } from '../../clock.js';
import { createListeners, tellingChanges } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import { createEmbeddedAuditStore } from './audit-store.js';
import { createEmbeddedChallengeStore } from './challenge-store.js';
import { createEmbeddedExpiredSessions } from './expired-sessions.js';
import { openOwnTables } from './ownership.js';
import { createEmbeddedRateLimitStore } from './rate-limit-store.js';
import { createEmbeddedRecordScanner } from './record-scanner.js';
import { createRevocationLog } from './revocation-log.js';
import { createEmbeddedSessionStore } from './session-store.js';
import { createEmbeddedStatisticsStore } from './statistics-store.js';
import { startSweeping } from './sweep.js';
import { read as readTable } from './tables.js';

/** Where the store is. */
export interface EmbeddedStoreOptions {
  /** Where the files are; made where it does not exist. */
  readonly directory: string;
  /** Where the time comes from. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Told where what is past its time could not be removed; the next sweep tries again. Default: the console. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = strictObject({
  directory: text,
  clock: v.optional(instanceWith<Clock>(['now', 'schedule'], 'must be a clock, { now, schedule }')),
  onError: v.optional(callable<NonNullable<EmbeddedStoreOptions['onError']>>()),
} satisfies Record<keyof EmbeddedStoreOptions, v.GenericSchema>);

/**
 * Opens a store in files of this process (LMDB). It survives a restart and a crash.
 * @throws Error of the file system where the directory cannot be used
 * @throws StoreInUseError where another process has it open, or this one has already
 * @throws TypeError for an option that is not what it must be, or that there is not
 */
export function openEmbeddedStore(options: EmbeddedStoreOptions): OpenStore {
  const read = readOptionsOf('openEmbeddedStore', OPTIONS, options);
  const { directory, clock = systemClock, onError = writeToConsole } = read;
  const { tables, close } = openOwnTables(directory);
  const revocations = createRevocationLog(tables);
  const { listen, tell } = createListeners();
  const sessions = tellingChanges(createEmbeddedSessionStore(tables, revocations), tell);
  const stopSweeping = startSweeping(tables, revocations, clock, onError);
  return {
    name: 'embedded',
    sessions,
    expired: createEmbeddedExpiredSessions(tables, revocations, tell),
    scanner: createEmbeddedRecordScanner(tables),
    revocations,
    // Whoever changes a session does it through this very object.
    invalidations: { bound: 0, upToDate: () => true, listen },
    challenges: createEmbeddedChallengeStore(tables),
    rateLimits: createEmbeddedRateLimitStore(),
    audit: createEmbeddedAuditStore(tables),
    statistics: createEmbeddedStatisticsStore(tables),
    async ping() {
      await readTable(() => tables.root.getStats());
    },
    caveats: () =>
      Promise.resolve([
        'The embedded store serves one process: run several instances on Redis (REDIS_URL).',
        'It is as durable and as available as the disk of this machine: nothing is replicated.',
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
