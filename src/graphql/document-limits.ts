import * as v from 'valibot';
import { strictObject, integer, milliseconds } from '../options.js';
import { LRUCache } from 'lru-cache';
import { WalletSessionsError } from '../errors.js';
import { networkOf } from '../rate-limits/network.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo } from '../sessions/session.js';

/** How large the documents of clients may be. (OWASP GraphQL Cheat Sheet, "DoS Prevention") */
export interface DocumentLimits {
  /**
   * Lexical tokens in a document; it is not parsed any further. Fields that repeat are compared each with each: twice
   * as many take four times as long. Default 500.
   */
  readonly tokens: number;
  /** Levels of fields, with fragments put in their places. Default 10. */
  readonly depth: number;
  /** Fields that the answer may have; see `costRule`. Default 10,000. */
  readonly cost: number;
  /** Aliases in an operation: how often one field can be asked for at once. Default 15. */
  readonly aliases: number;
  /** Directives in an operation. Default 20. */
  readonly directives: number;
}

/** Maximum number of nodes on one page of a connection. */
export const MAX_PAGE_SIZE = 100;

/** What the service allows, too. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 500,
  depth: 10,
  cost: 10_000,
  aliases: 15,
  directives: 20,
};

/** What an application may set of them, with the defaults for the rest. */
export const DOCUMENT_LIMITS = strictObject({
  tokens: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.tokens),
  depth: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.depth),
  cost: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.cost),
  aliases: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.aliases),
  directives: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.directives),
} satisfies Record<keyof DocumentLimits, v.GenericSchema>);

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
