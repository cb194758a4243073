import { LRUCache } from 'lru-cache';
import * as v from 'valibot';
import { WalletSessionsError } from '../errors.js';
import { strictObject, milliseconds, integer } from '../options.js';
import { networkOf } from '../rate-limits/network.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo } from '../sessions/session.js';

/** Limits how many new documents each network may have parsed and validated. */
export interface DocumentBudget {
  /**
   * Counts one.
   * @throws WalletSessionsError `RATE_LIMITED`, with the time to wait
   */
  spend(source: ClientInfo): void;
}

/** What the service allows, too. A client repeats its few documents, and these count once. */
export const DEFAULT_DOCUMENT_RATE: Rate = { acts: 600, window: 60_000 };

/** The same, as an application may set it. */
export const DOCUMENT_RATE = v.optional(
  strictObject({ acts: integer(0), window: milliseconds(1) } satisfies Record<
    keyof Rate,
    v.GenericSchema
  >),
  DEFAULT_DOCUMENT_RATE,
);

/** Networks that are counted at once. Beyond that, the one that was quiet for longest starts again. */
const MAX_NETWORKS = 10_000;

interface Count {
  spent: number;
  readonly endsAt: number;
}

/**
 * Counts in this process, by IPv4 address or IPv6 /64; callers of unknown address are counted together.
 * @param now milliseconds on any clock that does not go back
 */
export function createDocumentBudget(
  { acts, window }: Rate,
  now: () => number = () => performance.now(),
): DocumentBudget {
  const counts = new LRUCache<string, Count>({ max: MAX_NETWORKS });
  return {
    spend({ ipAddress }) {
      if (acts === 0) return;
      const network = ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
      const at = now();
      let count = counts.get(network);
      if (count === undefined || count.endsAt <= at) {
        count = { spent: 0, endsAt: at + window };
        counts.set(network, count);
      }
      if (count.spent >= acts) throw tooMany(Math.ceil((count.endsAt - at) / 1000));
      count.spent += 1;
    },
  };
}

function tooMany(retryAfter: number): WalletSessionsError {
  return new WalletSessionsError(
    'RATE_LIMITED',
    'Too many different documents came from this address. Send values as variables, so that documents repeat, ' +
      `and try again in ${retryAfter} s.`,
    { retryAfter },
  );
}
