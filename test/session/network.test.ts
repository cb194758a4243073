import { networkOf } from '../../src/rate-limits/network.js';

describe('the network of a caller', () => {
  it.each([
    ['an IPv4 address is its own', '192.0.2.7', '192.0.2.7'],
    ['an IPv4 address in IPv6 is that IPv4 address', '::ffff:192.0.2.7', '192.0.2.7'],
    ['an IPv6 address has its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['a short IPv6 address has its /64', '2001:db8::1', '2001:db8:0:0::/64'],
    ['the loopback address has its /64', '::1', '0:0:0:0::/64'],
    ['a link-local address has its /64, whatever the zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['what is no address is its own', 'unknown', 'unknown'],
  ])('%s', (_which, address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
