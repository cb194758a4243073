import type { RequestContext } from './context.js';
import { badUserInput } from './errors.js';

/**
 * Limits how often an operation reads the store for its fields. Limits of documents count what is returned: an operation that
 * returns little could repeat a field that reads much, under many aliases.
 * @param refusal the message of the error
 * @returns a function to call before each read. It throws GraphQLError `BAD_USER_INPUT`
 */
export function createReadLimit(max: number, refusal: string): (context: RequestContext) => void {
  const counts = new WeakMap<RequestContext, number>();
  return (context) => {
    const count = (counts.get(context) ?? 0) + 1;
    if (count > max) throw badUserInput(refusal);
    counts.set(context, count);
  };
}

/** The maximum number of lists and statistics in an operation, whatever their size. */
export const MAX_LISTS = 5;

export const LISTS_RULE =
  `An operation may have at most ${MAX_LISTS} of the fields sessions, walletSessions, walletAuditEvents, allAuditEvents ` +
  'and statistics.';

export const countList = createReadLimit(MAX_LISTS, LISTS_RULE);
