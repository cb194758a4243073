import ipaddr from 'ipaddr.js';

/** 4 or 16 bytes in place of up to 39 characters; the text itself where bytes would not give it back. */
export function packIpAddress(text: string): Uint8Array | string {
  if (!ipaddr.isValid(text)) return text;
  const packed = Uint8Array.from(ipaddr.parse(text).toByteArray());
  return unpackIpAddress(packed) === text ? packed : text;
}

export function unpackIpAddress(packed: Uint8Array | string): string {
  return typeof packed === 'string' ? packed : ipaddr.fromByteArray([...packed]).toString();
}
