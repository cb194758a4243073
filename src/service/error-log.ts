import type { Clock } from '../clock.js';
import { isUnavailable, Warning } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import type { Logger } from './log.js';

/** Milliseconds after which repetitions are summed up in one line, or are reported to be over. */
export const INTERVAL = 30_000;

/** The number of errors of one kind that are logged in full. Further ones are counted. */
const IN_FULL = 5;

/** Maximum number of kinds that are distinguished. Messages may contain input of clients. */
const MAX_KINDS = 100;

interface Kind {
  readonly level: 'error' | 'warn';
  readonly message: string;
  /** Occurrences that are logged in full. */
  readonly inFull: number;
  /** Occurrences since the first. */
  total: number;
  /** Occurrences since the last line. */
  uncounted: number;
  /** Occurrences in the current interval. */
  recent: number;
}

/**
 * Logs errors of requests. Clients can repeat a request that fails as often as they like, so that each line with a stack
 * trace would let them fill the log: errors of a kind are logged in full at first, then counted while they last, and
 * then reported to be over. An outage of the store is one kind, whatever its errors say, and is logged in full once.
 */
export function createErrorLog(log: Logger, clock: Clock): ReportError {
  const kinds = new Map<string, Kind>();

  function kindOf(error: unknown): Kind {
    const [name, described] = describe(error);
    const key = kinds.has(name) || kinds.size < MAX_KINDS ? name : 'others';
    const known = kinds.get(key);
    if (known !== undefined) return known;
    const kind: Kind = { ...described, total: 0, uncounted: 0, recent: 0 };
    kinds.set(key, kind);
    check(key, kind);
    return kind;
  }

  function check(key: string, kind: Kind): void {
    clock.schedule(INTERVAL, () => {
      const { level, message, total, uncounted, recent } = kind;
      if (recent === 0) {
        kinds.delete(key);
        if (total >= kind.inFull) log.info({ count: total }, `${message}: no longer`);
        return;
      }
      if (uncounted > 0) log[level]({ count: uncounted }, `${message}: repeatedly`);
      [kind.uncounted, kind.recent] = [0, 0];
      check(key, kind);
    });
  }

  return (error, source) => {
    const kind = kindOf(error);
    kind.total += 1;
    kind.recent += 1;
    if (kind.total <= kind.inFull) {
      log[kind.level]({ err: error, requestId: source?.requestId }, kind.message);
    } else kind.uncounted += 1;
  };
}

function describe(error: unknown): [name: string, Pick<Kind, 'level' | 'message' | 'inFull'>] {
  if (isUnavailable(error)) {
    const message = 'requests are refused because the store does not answer';
    return ['outage', { level: 'error', message, inFull: 1 }];
  }
  const text = error instanceof Error ? error.message : String(error);
  // Numbers differ between occurrences of one kind: ports, times, identifiers.
  const name = text.slice(0, 200).replace(/\d+/g, '0');
  if (error instanceof Warning) {
    return [`warning ${name}`, { level: 'warn', message: error.message, inFull: IN_FULL }];
  }
  return [`error ${name}`, { level: 'error', message: 'unexpected error', inFull: IN_FULL }];
}
