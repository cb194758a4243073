import { hash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { KeyRing } from '../sessions/key-ring.js';
import type { Session } from '../sessions/session.js';
import type { KeyBindingPolicy } from './policy.js';
import {
  parseProof,
  verifySignature,
  type ParsedProof,
  type PresentedProof,
  type ProofClaims,
} from './proof.js';
import type { ProofKey } from './public-key.js';
import { KeyProofRefused } from './refusal.js';
import { createTargetCheck } from './target.js';
import { createTimedMacs } from './timed-mac.js';
import { createUsedProofs } from './used-proofs.js';

/**
 * Verifies proofs of keys (DPoP, RFC 9449). A proof is verified once, however often it is asked for: a request may have
 * its session validated by a middleware and by a resolver.
 * @throws KeyProofRefused from every promise; WalletSessionsError `SERVICE_UNAVAILABLE` with shared replay detection
 */
export interface KeyBinding {
  readonly mode: KeyBindingPolicy['mode'];
  /** The thumbprint of the key that the proof is of (RFC 7638): for a sign-in. */
  verify(proof: PresentedProof): Promise<string>;
  /**
   * Checks that a request proves the key that the session is bound to.
   * @param session one that is bound
   * @param accessToken the token that the proof must be for, if the request presents one
   */
  confirm(
    session: Session,
    proof: PresentedProof | undefined,
    accessToken: string | undefined,
  ): Promise<void>;
}

interface KeyBindingOptions {
  readonly policy: KeyBindingPolicy;
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** Records a proof in the store for `duration` milliseconds. Resolves to false if it was recorded before. */
  readonly useInStore: (id: string, duration: number) => Promise<boolean>;
}

/** The key of the proofs of a session, and their header. */
interface KnownKey {
  readonly header: string;
  readonly key: ProofKey;
}

const NONCE_MAC_BYTES = 12;

export function createKeyBinding({
  policy,
  keys,
  clock,
  useInStore,
}: KeyBindingOptions): KeyBinding {
  const { mode, publicUrls, proofLifetime, requireNonce, sharedReplayDetection } = policy;
  const nonceLifetime = 2 * proofLifetime;
  const isTarget = createTargetCheck(publicUrls);
  /** Nonces of the service (RFC 9449 §8): when they were made. */
  const nonces = createTimedMacs(keys, 'proof-nonce', NONCE_MAC_BYTES);
  const used = createUsedProofs();
  const verified = new WeakMap<PresentedProof, Promise<ParsedProof>>();
  /** Cached with the session in the near-cache, which has the same object for all requests. */
  const keyOf = new WeakMap<Session, KnownKey>();

  const needsNonce = (now: number) => new KeyProofRefused('NONCE', nonces.make(now));

  /** The last time at which the proof would be accepted, in milliseconds (RFC 9449 §4.3, checks 10 and 11). */
  function acceptableUntil({ iat, nonce }: ProofClaims, now: number): number {
    if (nonce !== undefined) {
      const madeAt = nonces.timeIn(nonce);
      const isCurrent =
        madeAt !== undefined && madeAt + nonceLifetime > now && madeAt <= now + proofLifetime;
      if (!isCurrent) throw needsNonce(now);
      return madeAt + nonceLifetime;
    }
    // The clock of the client may be wrong. With a nonce, its time does not matter.
    const isCurrent = Math.abs(iat * 1000 - now) <= proofLifetime;
    if (requireNonce || !isCurrent) throw needsNonce(now);
    return iat * 1000 + proofLifetime;
  }

  /** @param expected the thumbprint that the key must have, if it is known */
  async function verify(
    proof: PresentedProof,
    expected?: string,
    known?: KnownKey,
  ): Promise<ParsedProof> {
    const now = clock.now();
    const parsed = parseProof(proof.text, now, known);
    const { key, claims } = parsed;
    // First, because it costs little: only the holder of the key can have a signature verified.
    if (expected !== undefined && key.thumbprint !== expected)
      throw new KeyProofRefused('KEY_MISMATCH');
    if (claims.htm !== proof.method) throw new KeyProofRefused('METHOD');
    if (!isTarget(claims.htu, proof)) throw new KeyProofRefused('URL');
    const until = acceptableUntil(claims, now);
    const id = `${key.thumbprint}.${claims.jti}`;
    const state = used.stateOf(id, until);
    if (state === 'forgotten') throw needsNonce(now);
    if (state === 'used') throw new KeyProofRefused('REPLAYED');
    await verifySignature(parsed);
    const usedAt = clock.now();
    // Its use may have been noted and forgotten meanwhile.
    if (until < usedAt) throw needsNonce(usedAt);
    // Again: the same proof may have come twice at once.
    if (!used.use(id, until, usedAt)) throw new KeyProofRefused('REPLAYED');
    if (sharedReplayDetection && !(await useInStore(id, nonceLifetime + proofLifetime))) {
      throw new KeyProofRefused('REPLAYED');
    }
    return parsed;
  }

  function verifyOnce(
    proof: PresentedProof,
    expected?: string,
    known?: KnownKey,
  ): Promise<ParsedProof> {
    const before = verified.get(proof);
    if (before !== undefined) return before;
    const verifying = verify(proof, expected, known);
    verified.set(proof, verifying);
    return verifying;
  }

  return {
    mode,
    async verify(proof) {
      const { key } = await verifyOnce(proof);
      return key.thumbprint;
    },
    async confirm(session, proof, accessToken) {
      if (proof === undefined) throw new KeyProofRefused('MISSING');
      const { keyThumbprint } = session;
      const known = keyOf.get(session);
      const { key, header, claims } = await verifyOnce(proof, keyThumbprint, known);
      if (key.thumbprint !== keyThumbprint) throw new KeyProofRefused('KEY_MISMATCH');
      if (known === undefined) keyOf.set(session, { key, header });
      if (accessToken === undefined) return;
      if (claims.ath !== hash('sha256', accessToken, 'base64url'))
        throw new KeyProofRefused('TOKEN');
    },
  };
}
