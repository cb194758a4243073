import { networkOf } from '../../src/rate-limits/network.js';

describe('the network of a caller', () => {
  it.each([
    ['an IPv4 address to itself', '192.0.2.7', '192.0.2.7'],
    ['an IPv4-mapped IPv6 address to its IPv4 address', '::ffff:192.0.2.7', '192.0.2.7'],
    ['an IPv6 address to its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['a shortened IPv6 address to its /64', '2001:db8::1', '2001:db8:0:0::/64'],
    ['the IPv6 loopback address to its /64', '::1', '0:0:0:0::/64'],
    ['a link-local address with a zone to its /64', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['an invalid address to itself', 'unknown', 'unknown'],
  ])('maps %s as the network of a caller', (_which, address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
