import type { Warning } from '../../src/errors.js';
import type { IncomingMessage } from 'node:http';
import { createRequestSource } from '../../src/http/reader.js';

/** A request of a proxy on this machine, or of an application that has read its address. */
function proxied(forwardedFor?: string, ip?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress: '127.0.0.1' }, headers, ip } as unknown as IncomingMessage;
}

/** Reads addresses and keeps the warnings. */
function aSource(trustedProxies: readonly string[]) {
  const warnings: Warning[] = [];
  const sourceOf = createRequestSource(trustedProxies, (warning) => warnings.push(warning));
  return {
    addressIn: (...of: Parameters<typeof proxied>) => sourceOf(proxied(...of)).ipAddress,
    warnings,
  };
}

describe('the address in X-Forwarded-For', () => {
  const { addressIn } = aSource(['loopback', '10.0.0.0/8']);

  it('takes the nearest address in X-Forwarded-For that is not a trusted proxy, whatever the client wrote before it', () => {
    expect(addressIn('198.51.100.1, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7');
    for (const forged of ['::1,', 'x', ' ', ',', '198.51.100.1,'])
      expect(addressIn(`${forged.repeat(3000)}, 203.0.113.7, 10.0.0.2`)).toBe('203.0.113.7');
  });

  it('finds the address in X-Forwarded-For behind many proxies', () => {
    const proxies = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`).join(', ');
    expect(addressIn(`203.0.113.7, ${proxies}`)).toBe('203.0.113.7');
  });

  it('reads only the last 1,000 characters of X-Forwarded-For', () => {
    const address = addressIn(`203.0.113.7, ${'::1,'.repeat(3000)}::1`);
    expect(address).toBe('::1');
  });

  it.each([
    ['203.0.113.7:50123', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::7]:50123', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['203.0.113.7, ::ffff:10.0.0.2', '203.0.113.7'],
    ['203.0.113.7, 10.0.0.2:8080', '203.0.113.7'],
  ])('normalizes an address in X-Forwarded-For: %s is %s', (written, canonical) => {
    expect(addressIn(written)).toBe(canonical);
  });

  it.each(['unknown', '_hidden', '203.0.113', '203.0.113.7x', 'é'.repeat(500), '5'.repeat(5000)])(
    'uses the address of the trusted proxy if it sends no valid one in X-Forwarded-For (case %#)',
    (invalid) => {
      const { addressIn: read, warnings } = aSource(['loopback', '10.0.0.0/8']);
      expect(read(invalid)).toBe('127.0.0.1');
      expect(read(`198.51.100.1, ${invalid}, 10.0.0.2`)).toBe('10.0.0.2');
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringContaining('other than an IP address in X-Forwarded-For'),
      ]);
    },
  );

  it('ignores X-Forwarded-For if no proxy is trusted, with one warning that names the settings', () => {
    const { addressIn: read, warnings } = aSource([]);
    expect(read()).toBe('127.0.0.1');
    expect(warnings).toEqual([]);
    for (const forwarded of ['203.0.113.7', '203.0.113.8'])
      expect(read(forwarded)).toBe('127.0.0.1');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/no proxy is trusted.*TRUSTED_PROXIES.*trustedProxies.*"trust proxy"/),
    ]);
  });

  it('does not warn about an invalid X-Forwarded-For if the sender is not a trusted proxy', () => {
    const { addressIn: read, warnings } = aSource(['10.0.0.0/8']);
    expect(read('unknown')).toBe('127.0.0.1');
    expect(warnings).toEqual([]);
  });
});

describe('an address from a framework', () => {
  it('normalizes the address that a framework has read', () => {
    const { addressIn, warnings } = aSource([]);
    expect(addressIn(undefined, '::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(addressIn('x', '203.0.113.7:50123')).toBe('203.0.113.7');
    expect(warnings).toEqual([]);
  });

  it('ignores an address from a framework that is not an IP address, with one warning', () => {
    const { addressIn, warnings } = aSource([]);
    for (const ip of ['unknown', '5'.repeat(5000)]) expect(addressIn(ip, ip)).toBe('127.0.0.1');
    expect(warnings).toHaveLength(1);
  });
});
