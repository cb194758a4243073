import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';

/** 4 or 16 bytes in place of up to 39 characters; the text itself where bytes would not give it back. */
export function packIpAddress(text: string): Uint8Array | string {
  // Nearly all of them, and there is only one way to write those.
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!ipaddr.isValid(text)) return text;
  const packed = Uint8Array.from(ipaddr.parse(text).toByteArray());
  return unpackIpAddress(packed) === text ? packed : text;
}

export function unpackIpAddress(packed: Uint8Array | string): string {
  return typeof packed === 'string' ? packed : ipaddr.fromByteArray([...packed]).toString();
}
