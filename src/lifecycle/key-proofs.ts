import { LRUCache } from 'lru-cache';
import type { Audit } from '../audit/events.js';
import { identityOf } from '../accounts/wallet.js';
import type { Clock } from '../clock.js';
import type { AccessCredential, PresentedProof } from '../key-binding/proof.js';
import type { KeyBinding } from '../key-binding/key-binding.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import type { Session } from '../sessions/session.js';
import { sourceOf, type Sourced } from './sourced.js';
import type { ValidationTally } from './validation-tally.js';

/**
 * Lets a client act in a session that is bound to a key only with a proof of that key. A refusal is audited and changes
 * nothing: a holder of the token without the key can neither use the session nor have it revoked.
 * @throws KeyProofRefused from every promise; WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export interface KeyProofs {
  /** For a client that presents the session's access token. */
  ofAccess(session: Session, credential: AccessCredential, source: Sourced): Promise<void>;
  /** For a client that presents the refresh token of a bound session. */
  ofRefresh(session: Session, proof: PresentedProof | undefined, source: Sourced): Promise<void>;
}

interface KeyProofsDomain {
  readonly keyBinding: KeyBinding;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly validations: ValidationTally;
}

/**
 * Whether {@link KeyProofs.ofAccess} has anything to check. Of a session with bearer tokens this is all that a request
 * pays for.
 */
export const needsKeyProof = (session: Session, credential: AccessCredential): boolean =>
  session.keyThumbprint !== undefined || isDpop(credential);

const isDpop = (credential: AccessCredential) =>
  typeof credential === 'object' && credential.scheme === 'DPoP';

/** Refusals of one reason in one session are audited once in this time, in milliseconds: a thief can repeat them at will. */
const AUDIT_INTERVAL = 60_000;

/** How many sessions and reasons are remembered at most. */
const MAX_REMEMBERED = 10_000;

export function createKeyProofs({
  keyBinding,
  clock,
  audit,
  validations,
}: KeyProofsDomain): KeyProofs {
  const auditedAt = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  /** A proof that lacks a nonce is an ordinary step of the protocol (RFC 9449 §8). */
  function auditRefusal(session: Session, { refusal }: KeyProofRefused, source: Sourced): void {
    if (refusal === 'NONCE') return;
    const at = clock.now();
    const which = `${session.id} ${refusal}`;
    if (at - (auditedAt.get(which) ?? -Infinity) < AUDIT_INTERVAL) return;
    auditedAt.set(which, at);
    const { id: sessionId } = session;
    audit({
      type: 'session.proof-refused',
      at,
      ...identityOf(session),
      sessionId,
      reason: refusal,
      source: sourceOf(source),
    });
  }

  async function audited(session: Session, source: Sourced, check: Promise<void>): Promise<void> {
    try {
      await check;
    } catch (error) {
      if (error instanceof KeyProofRefused) {
        validations.count('unproven');
        auditRefusal(session, error, source);
      }
      throw error;
    }
  }

  async function confirmAccess(session: Session, credential: AccessCredential): Promise<void> {
    if (session.keyThumbprint === undefined) throw new KeyProofRefused('UNBOUND');
    // RFC 9449 §7.2: a bound token is not accepted as a bearer token, whatever comes with it.
    if (typeof credential === 'string' || !isDpop(credential)) throw new KeyProofRefused('MISSING');
    await keyBinding.confirm(session, credential.proof, credential.accessToken);
  }

  return {
    ofAccess: (session, credential, source) =>
      audited(session, source, confirmAccess(session, credential)),
    ofRefresh: (session, proof, source) =>
      audited(session, source, keyBinding.confirm(session, proof, undefined)),
  };
}
