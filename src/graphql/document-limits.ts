import { WalletSessionsError } from '../errors.js';
import { defaultsOf, withDefault, type ValuesOf } from '../options.js';
import { integer } from '../setting-types.js';
import { createLocalBudget } from '../rate-limits/local-budget.js';
import { networkOfSource } from '../rate-limits/network.js';
import { rate, type Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo } from '../sessions/session.js';

export const DOCUMENT_LIMIT_SETTINGS = {
  /**
   * Maximum number of tokens in a GraphQL document. Parsing stops there. Validation compares repeated fields pairwise, so
   * its time grows with the square of their number.
   */
  tokens: withDefault(500, integer(1, 1_000_000)),
  /** Maximum depth of the fields in an operation, with fragments expanded. */
  depth: withDefault(10, integer(1, 1000)),
  /** Maximum cost of an operation: the number of fields it may return, where a page counts as full. */
  cost: withDefault(10_000, integer(1, 1_000_000_000)),
  /** Maximum number of aliases in an operation. An alias repeats a field. */
  aliases: withDefault(15, integer(0, 10_000)),
  /** Maximum number of directives in an operation. */
  directives: withDefault(20, integer(0, 10_000)),
};

/** Limits on the documents of clients (OWASP GraphQL Cheat Sheet, "DoS Prevention"). */
export type DocumentLimits = ValuesOf<typeof DOCUMENT_LIMIT_SETTINGS>;

/** The default limits of the service and of applications. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = defaultsOf(DOCUMENT_LIMIT_SETTINGS);

/** Limits the number of new documents that each network may have parsed and validated. */
export interface DocumentBudget {
  /**
   * Counts a document of this length: one for each {@link CHARACTERS_OF_ONE} characters begun.
   * @throws WalletSessionsError `RATE_LIMITED`, with `retryAfter`
   */
  spend(source: ClientInfo, length: number): void;
}

export const DOCUMENT_RATE_SETTINGS = {
  /**
   * New GraphQL documents, which the instance has not validated before, per IPv4 address or IPv6 /64. Clients that pass
   * values as variables repeat the same few documents. A document counts once for each 10,000 characters begun; one with
   * more is never kept, so it counts each time.
   */
  documentRate: withDefault({ acts: 600, window: 60_000 }, rate),
};

/** The default rate limit on new documents, of the service and of applications. */
export const DEFAULT_DOCUMENT_RATE = DOCUMENT_RATE_SETTINGS.documentRate.fallback;

/** Characters that count as one document. The time to parse a long one, of spaces and comments say, grows with its length. */
const CHARACTERS_OF_ONE = 10_000;

/**
 * Counts documents in this process, by IPv4 address or IPv6 /64. Callers with an unknown address share one count.
 * @param now milliseconds of a monotonic clock
 */
export function createDocumentBudget(
  limit: Rate,
  now: () => number = () => performance.now(),
): DocumentBudget {
  const budget = createLocalBudget(limit, now);
  return {
    spend(source, length) {
      const amount = Math.max(1, Math.ceil(length / CHARACTERS_OF_ONE));
      const wait = budget.spend(networkOfSource(source), amount);
      if (wait > 0) throw tooMany(wait);
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
