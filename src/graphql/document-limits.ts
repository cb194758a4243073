import * as v from 'valibot';
import { strictObject, integer, milliseconds } from '../options.js';
import { LRUCache } from 'lru-cache';
import { WalletSessionsError } from '../errors.js';
import { networkOf } from '../rate-limits/network.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo } from '../sessions/session.js';

/** Limits on the documents of clients (OWASP GraphQL Cheat Sheet, "DoS Prevention"). */
export interface DocumentLimits {
  /**
   * Maximum number of lexical tokens in a document; parsing stops there. Validation compares repeated fields pairwise,
   * so its time grows with the square of their number. Default 500.
   */
  readonly tokens: number;
  /** Maximum depth of fields, with fragments expanded. Default 10. */
  readonly depth: number;
  /** Maximum number of fields that the response may contain; see `costRule`. Default 10,000. */
  readonly cost: number;
  /** Maximum number of aliases in an operation, which repeat a field. Default 15. */
  readonly aliases: number;
  /** Maximum number of directives in an operation. Default 20. */
  readonly directives: number;
}

/** Maximum number of nodes on one page of a connection. */
export const MAX_PAGE_SIZE = 100;

/** The default limits of the service and of applications. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 500,
  depth: 10,
  cost: 10_000,
  aliases: 15,
  directives: 20,
};

/** Option schema of the limits, with their defaults. */
export const DOCUMENT_LIMITS = strictObject({
  tokens: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.tokens),
  depth: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.depth),
  cost: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.cost),
  aliases: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.aliases),
  directives: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.directives),
} satisfies Record<keyof DocumentLimits, v.GenericSchema>);

/** Limits the number of new documents that each network may have parsed and validated. */
export interface DocumentBudget {
  /**
   * Counts a document of this length: one for each {@link CHARACTERS_OF_ONE} characters begun.
   * @throws WalletSessionsError `RATE_LIMITED`, with `retryAfter`
   */
  spend(source: ClientInfo, length: number): void;
}

/** The default of the service and of applications. A client repeats a few documents, which count once. */
export const DEFAULT_DOCUMENT_RATE: Rate = { acts: 600, window: 60_000 };

/** Option schema of the rate, with its default. */
export const DOCUMENT_RATE = v.optional(
  strictObject({ acts: integer(0), window: milliseconds(1) } satisfies Record<
    keyof Rate,
    v.GenericSchema
  >),
  DEFAULT_DOCUMENT_RATE,
);

/** Characters that count as one document. The time to parse a long one, of spaces and comments say, grows with its length. */
const CHARACTERS_OF_ONE = 10_000;

/** Maximum number of networks that are counted. Beyond that, the count of the least recently active one is dropped. */
const MAX_NETWORKS = 10_000;

interface Count {
  spent: number;
  readonly endsAt: number;
}

/**
 * Counts documents in this process, by IPv4 address or IPv6 /64. Callers with an unknown address share one count.
 * @param now milliseconds of a monotonic clock
 */
export function createDocumentBudget(
  { acts, window }: Rate,
  now: () => number = () => performance.now(),
): DocumentBudget {
  const counts = new LRUCache<string, Count>({ max: MAX_NETWORKS });
  return {
    spend({ ipAddress }, length) {
      if (acts === 0) return;
      const network = ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
      const at = now();
      let count = counts.get(network);
      if (count === undefined || count.endsAt <= at) {
        count = { spent: 0, endsAt: at + window };
        counts.set(network, count);
      }
      if (count.spent >= acts) throw tooMany(Math.ceil((count.endsAt - at) / 1000));
      count.spent += Math.max(1, Math.ceil(length / CHARACTERS_OF_ONE));
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
