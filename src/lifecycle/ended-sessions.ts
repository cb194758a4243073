import { identityOf, type Partition, type Wallet } from '../accounts/wallet.js';
import type { Actor } from '../audit/events.js';
import type { ClientInfo } from '../sessions/session.js';
import { REVOKED_AT_ONCE, type EndedSession } from '../sessions/store.js';
import type { SessionDomain } from './domain.js';

/** Audits the end of each session that a step has ended. An expired session has no source and ended at its expiry. */
export function auditEnds(
  { audit }: Pick<SessionDomain, 'audit'>,
  wallet: Wallet,
  ended: readonly EndedSession[],
  source?: ClientInfo,
  actor?: Actor,
): void {
  for (const { sessionId, reason, revokedAt: at, expiresAt, alreadyCollected } of ended) {
    const end = { type: 'session.revoked', ...identityOf(wallet), sessionId, expiresAt } as const;
    if (reason !== 'EXPIRED') audit({ ...end, reason, at, source, actor });
    else if (!alreadyCollected) audit({ ...end, reason, at: expiresAt });
  }
}

/**
 * Resolves when the revocations are as durable as the store is configured to make them. If one part fails, the others are
 * still tried.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function confirmEnds(
  { store }: Pick<SessionDomain, 'store'>,
  partition: Partition,
  ended: readonly EndedSession[],
): Promise<void> {
  // Even if no session has ended, earlier revocations of the partition may be unconfirmed.
  const parts = ended.length === 0 ? [[]] : inSteps(ended);
  const outcomes = await Promise.allSettled(parts.map((part) => store.confirm(partition, part)));
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

/** Splits the sessions into parts that one step can take. Returns no part for no sessions. */
export function inSteps<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / REVOKED_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * REVOKED_AT_ONCE, (index + 1) * REVOKED_AT_ONCE),
  );
}
