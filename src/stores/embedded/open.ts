import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import * as v from 'valibot';
import { callable, strictObject, instanceWith, readOptionsOf, text } from '../../options.js';
import type { RateLimitStore } from '../../rate-limits/rate-limits.js';
import { type Clock, NO_SKEW, systemClock } from '../../clock.js';
import { createInvalidationListeners, withChangeNotifications } from '../changes.js';
import type { OpenStore } from '../open-store.js';
import { createRateLimitStore } from '../rate-limit-store.js';
import { createEmbeddedAuditStore } from './audit-store.js';
import { createEmbeddedChallengeStore } from './challenge-store.js';
import { createEmbeddedExpiredSessions } from './expired-sessions.js';
import { openExclusively } from './exclusive-tables.js';
import { createEmbeddedRecordScanner } from './record-scanner.js';
import { createRevocationLog } from './revocation-log.js';
import { createEmbeddedSessionStore } from './session-store.js';
import { createEmbeddedStatisticsStore } from './statistics-store.js';
import { startSweeping } from './sweep.js';
import { assertUsable } from './tables.js';

/** Options of {@link openEmbeddedStore}. */
export interface EmbeddedStoreOptions {
  /** The directory of the files. Created if it does not exist. */
  readonly directory: string;
  /** The source of the time. Default: the system clock. */
  readonly clock?: Clock | undefined;
  /** Receives errors of removing expired rows, which the next sweep retries. Default: logs to the console. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = strictObject({
  directory: text,
  clock: v.optional(instanceWith<Clock>(['now', 'schedule'], 'must be a clock, { now, schedule }')),
  onError: v.optional(callable<NonNullable<EmbeddedStoreOptions['onError']>>()),
} satisfies Record<keyof EmbeddedStoreOptions, v.GenericSchema>);

/**
 * Opens a store in local files (LMDB) for this process. It survives a restart and a crash.
 * @throws Error of the file system if the directory cannot be used
 * @throws StoreInUseError if this or another process already has it open
 * @throws TypeError for an invalid or unknown option
 */
export function openEmbeddedStore(options: EmbeddedStoreOptions): OpenStore {
  const read = readOptionsOf('openEmbeddedStore', OPTIONS, options);
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
    rateLimits: createRateLimitsInMemory(),
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

/** Rate limits in memory: a restart resets them. */
function createRateLimitsInMemory(): RateLimitStore {
  return createRateLimitStore(
    (group, { acts, window }) =>
      new RateLimiterMemory({ keyPrefix: group, points: acts, duration: window / 1000 }),
  );
}

function writeToConsole(error: Error): void {
  console.error('wallet-sessions:', error);
}
