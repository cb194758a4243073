import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';
import type { ClientInfo } from '../sessions/session.js';

/**
 * Returns the network that counts as one caller: an IPv4 address, or the /64 of an IPv6 address, which is the smallest
 * block that a provider assigns to a customer (RFC 6177). An IPv4-mapped IPv6 address counts as the IPv4 address. Other
 * strings are returned unchanged.
 */
export function networkOf(ipAddress: string): string {
  if (isIPv4(ipAddress)) return ipAddress;
  if (!ipaddr.isValid(ipAddress)) return ipAddress;
  const address = ipaddr.process(ipAddress);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const prefix = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${prefix.join(':')}::/64`;
}

/** Returns the network for which a request counts. Callers with an unknown address count as one network. */
export function networkOfSource({ ipAddress }: ClientInfo): string {
  return ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
}
