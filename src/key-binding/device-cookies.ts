import { timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../sessions/key-ring.js';
import type { Session } from '../sessions/session.js';
import type { AccessCredential, RefreshProof } from './proof.js';
import { KeyProofRefused } from './refusal.js';

/**
 * The values of short-lived cookies that a browser gets for a proof of its device's key (DBSC): the time at which the value
 * expires, and a MAC of it with the session and the key. All instances know the values of the others, and none is stored.
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

const TIME_BYTES = 6;
const MAC_BYTES = 16;
const VALUE = /^[\w-]{30}$/;

export function createDeviceCookies(keys: KeyRing): DeviceCookies {
  /** The last valid value of a session in the near-cache, so that it is verified once. */
  const known = new WeakMap<Session, string>();

  const macOf = (keyId: string, sessionId: string, keyThumbprint: string, time: Uint8Array) =>
    keys.mac(keyId, 'device-cookie', sessionId, keyThumbprint, time).subarray(0, MAC_BYTES);

  function isGenuine({ id, keyThumbprint = '' }: Session, bytes: Buffer): boolean {
    const time = bytes.subarray(0, TIME_BYTES);
    const mac = bytes.subarray(TIME_BYTES);
    return keys.ids.some((keyId) => timingSafeEqual(macOf(keyId, id, keyThumbprint, time), mac));
  }

  function isValid(session: Session, value: string | undefined, now: number): boolean {
    if (value === undefined || !VALUE.test(value)) return false;
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.readUIntBE(0, TIME_BYTES) <= now) return false;
    if (known.get(session) === value) return true;
    if (!isGenuine(session, bytes)) return false;
    known.set(session, value);
    return true;
  }

  return {
    issue(sessionId, keyThumbprint, expiresAt) {
      const time = Buffer.allocUnsafe(TIME_BYTES);
      time.writeUIntBE(Math.floor(expiresAt), 0, TIME_BYTES);
      const mac = macOf(keys.currentId, sessionId, keyThumbprint, time);
      return Buffer.concat([time, mac]).toString('base64url');
    },
    confirm(session, given, now) {
      const isInCookies = typeof given === 'object' && 'deviceCookie' in given;
      if (!isInCookies) throw new KeyProofRefused('DEVICE');
      if (now < (session.deviceBoundAt ?? 0) + IN_FLIGHT) return;
      if (!isValid(session, given.deviceCookie, now)) throw new KeyProofRefused('DEVICE');
    },
  };
}
