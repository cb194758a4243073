import type { Actor } from '../audit.js';
import type { RequestSource } from '../session.js';
import type { EndedSession } from '../store.js';
import type { Address } from '../wallet.js';
import type { SessionDomain } from './domain.js';

/** Audits the end of each session that a step has ended. */
export function auditEnds(
  { audit }: SessionDomain,
  wallet: Address,
  ended: readonly EndedSession[],
  source?: RequestSource,
  actor?: Actor,
): void {
  for (const { sessionId, reason, revokedAt: at, expiresAt } of ended) {
    audit({ type: 'session.revoked', at, wallet, sessionId, reason, expiresAt, source, actor });
  }
}
