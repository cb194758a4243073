import type { StoreClock } from '../clock.js';
import type { AuditStore } from '../audit/store.js';
import type { ExpiredSessions } from '../lifecycle/expired-sessions.js';
import type { Invalidations } from '../near-cache/near-cache.js';
import type { RecordScanner } from '../sessions/record.js';
import type { RateLimitStore } from '../rate-limits/rate-limits.js';
import type { RevocationFeed, SessionStore } from '../sessions/store.js';
import type { StatisticsStore } from '../administration/statistics/store.js';
import type { ChallengeStore } from '../sign-in/challenge.js';

/** An open store: the ports of the domain, and the function that closes it. */
export interface OpenStore {
  readonly name: string;
  /** The clock that decides about sessions: see `clockOf`. */
  readonly clock: StoreClock;
  readonly sessions: SessionStore;
  readonly expired: ExpiredSessions;
  /** For operators only: no request scans all sessions. */
  readonly scanner: RecordScanner;
  readonly revocations: RevocationFeed;
  readonly invalidations: Invalidations;
  readonly challenges: ChallengeStore;
  readonly rateLimits: RateLimitStore;
  readonly audit: AuditStore;
  readonly statistics: StatisticsStore;
  /**
   * Resolves if the store answers.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  ping(): Promise<void>;
  /**
   * The limitations of the store, in sentences for an operator.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  caveats(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Thrown if the directory of an embedded store, which serves a single process, is already open. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';

  /** @param processes ids of the other processes that have it open; empty if this process has */
  constructor(directory: string, processes: readonly number[] = []) {
    const where =
      processes.length === 0
        ? 'is already open in this process. Open it once and share it, or close it first.'
        : `is open in another process (${processes.join(', ')}). It serves one process at a time.`;
    super(`The embedded store in ${directory} ${where}`);
  }
}

/**
 * Runs a call of the store and observes it.
 * @param call the name of the call, like `sessions.find`
 * @param run the call, which usually returns a promise
 */
export type ObserveCall = <Result>(call: string, run: () => Result) => Result;

/** Decorates a store: its calls are observed. */
export function observeStore(store: OpenStore, observe: ObserveCall): OpenStore {
  const { sessions, revocations, challenges, rateLimits, audit, statistics } = store;
  return {
    ...store,
    sessions: observeCalls('sessions', sessions, observe),
    revocations: observeCalls('revocations', revocations, observe),
    challenges: observeCalls('challenges', challenges, observe),
    rateLimits: observeCalls('rateLimits', rateLimits, observe),
    audit: observeCalls('audit', audit, observe),
    statistics: observeCalls('statistics', statistics, observe),
  };
}

function observeCalls<Part extends object>(name: string, part: Part, observe: ObserveCall): Part {
  const methods = Object.entries(part).map(([method, call]: [string, unknown]) => [
    method,
    typeof call === 'function'
      ? (...args: unknown[]) =>
          observe(`${name}.${method}`, () => Reflect.apply(call, part, args) as unknown)
      : call,
  ]);
  return Object.fromEntries(methods) as Part;
}
