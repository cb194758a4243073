import { REVOKED_AT_ONCE, type EndedSession } from '../sessions/store.js';
import type { Partition } from '../accounts/wallet.js';
import type { SessionDomain } from './domain.js';

/**
 * Resolves when the ends outlive what the store was told to outlive. All parts are tried, whatever becomes of one.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function confirmEnds(
  { store }: Pick<SessionDomain, 'store'>,
  partition: Partition,
  ended: readonly EndedSession[],
): Promise<void> {
  // Where nothing has ended, earlier ends of the partition may still have to be confirmed.
  const parts = ended.length === 0 ? [[]] : inSteps(ended);
  const outcomes = await Promise.allSettled(parts.map((part) => store.confirm(partition, part)));
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

/** In parts that one step can take; none of nothing. */
export function inSteps<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / REVOKED_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * REVOKED_AT_ONCE, (index + 1) * REVOKED_AT_ONCE),
  );
}
