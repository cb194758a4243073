import type { Actor } from '../audit/events.js';
import type { ClientInfo } from '../sessions/session.js';
import type { EndedSession } from '../sessions/store.js';
import { identityOf, type Wallet } from '../accounts/wallet.js';
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
