import type { Actor } from '../audit.js';
import type { RequestSource } from '../session.js';
import type { EndedSession } from '../store.js';
import { identityOf, type Wallet } from '../wallet.js';
import type { SessionDomain } from './domain.js';

/** Audits the end of each session that a step has ended. */
export function auditEnds(
  { audit }: SessionDomain,
  wallet: Wallet,
  ended: readonly EndedSession[],
  source?: RequestSource,
  actor?: Actor,
): void {
  for (const { sessionId, reason, revokedAt: at, expiresAt } of ended) {
    const which = { ...identityOf(wallet), sessionId };
    audit({ type: 'session.revoked', at, ...which, reason, expiresAt, source, actor });
  }
}
