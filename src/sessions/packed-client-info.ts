import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { isIPv4 } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Packs up to 39 characters into 4 or 16 bytes. Returns a text that they would not restore exactly as it is. */
export function packIpAddress(text: string): Uint8Array | string {
  // The most frequent ones, which have a single notation.
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!ipaddr.isValid(text)) return text;
  const packed = Uint8Array.from(ipaddr.parse(text).toByteArray());
  return unpackIpAddress(packed) === text ? packed : text;
}

export function unpackIpAddress(packed: Uint8Array | string): string {
  return typeof packed === 'string' ? packed : ipaddr.fromByteArray([...packed]).toString();
}

/**
 * Frequent parts of user agents, the most frequent last: in DEFLATE, shorter distances take fewer bits (RFC 1951).
 * Stored records depend on it, so it must never change. A better dictionary needs a new version of the record.
 */
const DICTIONARY = Buffer.from(
  'Trust/ Phantom/ Rainbow/ CoinbaseBrowser/ imToken/ TokenPocket_Android MetaMaskMobile ' +
    'Instagram [FBAN/FBIOS;FBAV/ Vivaldi/ YaBrowser/ SamsungBrowser/28.0 Version/4.0 ' +
    'Build/UP1A.231005.007; wv) (Linux; Android 14; SM-S918B) (X11; Ubuntu; Linux x86_64; ' +
    'CriOS/142.0.7444.46 FxiOS/145.0 OPR/124.0.0.0 Edg/142.0.0.0 ' +
    '(Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0 ' +
    '(iPad; CPU OS 18_6 like Mac OS X) (iPhone; CPU iPhone OS 18_6 like Mac OS X) ' +
    'Mobile/15E148 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 ' +
    '(KHTML, like Gecko) Version/26.0 Safari/605.1.15 Mozilla/5.0 (Linux; Android 10; K) ' +
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
    'Chrome/142.0.0.0 Mobile Safari/537.36',
);

/** A window that covers the dictionary, and little memory, because the state is created for each string. */
const OPTIONS = { dictionary: DICTIONARY, windowBits: 10, memLevel: 2, level: 9 } as const;

/** Caches results: few user agents are frequent, and packing or unpacking one takes longer than encryption. */
const PACKED = new LRUCache<string, Uint8Array>({ max: 1000 });
const UNPACKED = new LRUCache<string, string>({ max: 1000 });

/** Packs about 120 characters into 10 to 30 bytes, without loss for any string. The returned bytes are shared. */
export function packUserAgent(text: string): Uint8Array {
  const known = PACKED.get(text);
  if (known !== undefined) return known;
  const bytes = deflateRawSync(text, OPTIONS);
  PACKED.set(text, bytes);
  return bytes;
}

export function unpackUserAgent(packed: Uint8Array): string {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const name = bytes.toString('latin1');
  const known = UNPACKED.get(name);
  if (known !== undefined) return known;
  const text = inflateRawSync(bytes, OPTIONS).toString();
  UNPACKED.set(name, text);
  return text;
}
