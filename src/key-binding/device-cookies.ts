import type { KeyRing } from '../sessions/key-ring.js';
import type { Session } from '../sessions/session.js';
import type { AccessCredential, RefreshProof } from './proof.js';
import { KeyProofRefused } from './refusal.js';
import { createTimedMacs } from './timed-mac.js';

/**
 * The values of short-lived cookies that a browser gets for a proof of its device's key (DBSC): the time at which the value
 * expires, and a MAC of it with the session and the key. None is stored.
 */
export interface DeviceCookies {
  /** @param expiresAt milliseconds since the Unix epoch */
  issue(sessionId: string, keyThumbprint: string, expiresAt: number): string;
  /**
   * Checks that the tokens of a device-bound session came in cookies, beside a valid value.
   * @throws KeyProofRefused `DEVICE`
   */
  confirm(session: Session, given: AccessCredential | RefreshProof | undefined, now: number): void;
}

/**
 * Milliseconds after the binding of a session in which its cookies are admitted alone: requests that a page sent after the
 * sign-in may arrive after the binding.
 */
const IN_FLIGHT = 10_000;

const MAC_BYTES = 16;

export function createDeviceCookies(keys: KeyRing): DeviceCookies {
  const macs = createTimedMacs(keys, 'device-cookie', MAC_BYTES);
  /** The last genuine value of a session in the near-cache, so that it is verified once. */
  const known = new WeakMap<Session, { readonly value: string; readonly expiresAt: number }>();

  function expiryOf(session: Session, value: string): number | undefined {
    const last = known.get(session);
    if (last?.value === value) return last.expiresAt;
    const { id, keyThumbprint = '' } = session;
    const expiresAt = macs.timeIn(value, id, keyThumbprint);
    if (expiresAt !== undefined) known.set(session, { value, expiresAt });
    return expiresAt;
  }

  return {
    issue: (sessionId, keyThumbprint, expiresAt) => macs.make(expiresAt, sessionId, keyThumbprint),
    confirm(session, given, now) {
      const isInCookies = typeof given === 'object' && 'deviceCookie' in given;
      if (!isInCookies) throw new KeyProofRefused('DEVICE');
      if (now < (session.deviceBoundAt ?? 0) + IN_FLIGHT) return;
      const { deviceCookie } = given;
      const expiresAt = deviceCookie === undefined ? undefined : expiryOf(session, deviceCookie);
      if (expiresAt === undefined || expiresAt <= now) throw new KeyProofRefused('DEVICE');
    },
  };
}
