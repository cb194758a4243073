import { timingSafeEqual } from 'node:crypto';
import type { KeyRing, Purpose } from '../sessions/key-ring.js';

/**
 * Texts that contain a time, and a MAC of it under a key that all instances have. So any instance knows the texts of the
 * others, and none is stored.
 */
export interface TimedMacs {
  /**
   * @param time milliseconds since the Unix epoch
   * @param subject what the text is about; it is not in the text
   */
  make(time: number, ...subject: readonly string[]): string;
  /** The time in the text; `undefined` if this service did not make it for the subject. */
  timeIn(text: string, ...subject: readonly string[]): number | undefined;
}

const TIME_BYTES = 6;

/** @param macBytes how much of the MAC is in the text */
export function createTimedMacs(keys: KeyRing, purpose: Purpose, macBytes: 12 | 16): TimedMacs {
  const form = new RegExp(`^[\\w-]{${Math.ceil(((TIME_BYTES + macBytes) * 4) / 3)}}$`);
  const macOf = (keyId: string, subject: readonly string[], time: Uint8Array) =>
    keys.mac(keyId, purpose, ...subject, time).subarray(0, macBytes);
  return {
    make(at, ...subject) {
      const time = Buffer.allocUnsafe(TIME_BYTES);
      time.writeUIntBE(Math.floor(at), 0, TIME_BYTES);
      return Buffer.concat([time, macOf(keys.currentId, subject, time)]).toString('base64url');
    },
    timeIn(text, ...subject) {
      if (!form.test(text)) return undefined;
      const bytes = Buffer.from(text, 'base64url');
      const time = bytes.subarray(0, TIME_BYTES);
      const mac = bytes.subarray(TIME_BYTES);
      const isOwn = keys.ids.some((keyId) => timingSafeEqual(macOf(keyId, subject, time), mac));
      return isOwn ? time.readUIntBE(0, TIME_BYTES) : undefined;
    },
  };
}
