import type { Audit } from '../audit/events.js';
import { identityOf } from '../accounts/wallet.js';
import { createBoundedCache } from '../bounded-cache.js';
import type { Clock } from '../clock.js';
import type { AccessCredential, RefreshProof, TokenWithProof } from '../key-binding/proof.js';
import type { DeviceCookies } from '../key-binding/device-cookies.js';
import type { KeyBinding } from '../key-binding/key-binding.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import { readClientInfo, type LazyClientInfo, type Session } from '../sessions/session.js';
import type { ValidationTally } from './validation-tally.js';

/**
 * Admits a client to a session that is bound to a key only with a proof of that key. A refusal is audited and has no other
 * effect: with a token but without the key, a client can neither use nor revoke the session.
 * @throws KeyProofRefused from every promise; WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export interface KeyProofs {
  /** For a client that presents the session's access token. */
  ofAccess(session: Session, credential: AccessCredential, source: LazyClientInfo): Promise<void>;
  /** For a client that presents the refresh token of a bound session. */
  ofRefresh(
    session: Session,
    proof: RefreshProof | undefined,
    source: LazyClientInfo,
  ): Promise<void>;
}

interface KeyProofsDomain {
  readonly keyBinding: KeyBinding;
  readonly deviceCookies: DeviceCookies;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly validations: ValidationTally;
}

/**
 * Whether {@link KeyProofs.ofAccess} must be called. For sessions with bearer tokens, requests cost only this check.
 */
export const needsKeyProof = (session: Session, credential: AccessCredential): boolean =>
  (session.keyThumbprint !== undefined && !isProvenElsewhere(session, credential)) ||
  isDpop(credential);

/** Whether another server will verify the proof of the key that the session is bound to. */
export const isProvenElsewhere = (
  { keyThumbprint, deviceBoundAt }: Session,
  credential: AccessCredential | undefined,
): boolean =>
  typeof credential === 'object' &&
  'scheme' in credential &&
  credential.isProvenElsewhere === true &&
  // The tokens of a browser's device are not for other servers.
  deviceBoundAt === undefined &&
  keyThumbprint !== undefined;

const isDpop = (credential: AccessCredential): credential is TokenWithProof =>
  typeof credential === 'object' && 'scheme' in credential && credential.scheme === 'DPoP';

/** Milliseconds in which refusals for the same reason in a session are audited once. A thief can repeat them at will. */
const AUDIT_INTERVAL = 60_000;

/** Maximum number of remembered pairs of session and reason. */
const MAX_REMEMBERED = 10_000;

export function createKeyProofs({
  keyBinding,
  deviceCookies,
  clock,
  audit,
  validations,
}: KeyProofsDomain): KeyProofs {
  const auditedAt = createBoundedCache<string, number>(MAX_REMEMBERED);

  /** A proof that lacks a nonce is an ordinary step of the protocol (RFC 9449 §8). */
  function auditRefusal(
    session: Session,
    { refusal }: KeyProofRefused,
    source: LazyClientInfo,
  ): void {
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
      source: readClientInfo(source),
    });
  }

  async function audited(
    session: Session,
    source: LazyClientInfo,
    check: Promise<void>,
  ): Promise<void> {
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
    if (session.deviceBoundAt !== undefined) {
      deviceCookies.confirm(session, credential, clock.now());
      return;
    }
    // RFC 9449 §7.2: a bound token is not accepted as a bearer token, whatever comes with it.
    if (!isDpop(credential)) throw new KeyProofRefused('MISSING');
    await keyBinding.confirm(session, credential.proof, credential.accessToken);
  }

  async function confirmRefresh(session: Session, proof: RefreshProof | undefined): Promise<void> {
    if (session.deviceBoundAt !== undefined) {
      deviceCookies.confirm(session, proof, clock.now());
    } else {
      const given = proof !== undefined && 'deviceCookie' in proof ? undefined : proof;
      await keyBinding.confirm(session, given, undefined);
    }
  }

  return {
    ofAccess: (session, credential, source) =>
      audited(session, source, confirmAccess(session, credential)),
    ofRefresh: (session, proof, source) => audited(session, source, confirmRefresh(session, proof)),
  };
}
