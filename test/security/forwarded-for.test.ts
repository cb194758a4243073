import type { IncomingMessage } from 'node:http';
import { createRequestSource } from '../../src/http/source.js';

/** A request of a proxy on this machine. */
function proxied(forwardedFor: string): IncomingMessage {
  const headers = { 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress: '127.0.0.1' }, headers } as unknown as IncomingMessage;
}

describe('the address in X-Forwarded-For', () => {
  const sourceOf = createRequestSource(['loopback', '10.0.0.0/8']);
  const addressIn = (forwardedFor: string) => sourceOf(proxied(forwardedFor)).ipAddress;

  it('is the nearest one that is no trusted proxy, whatever the client wrote before it', () => {
    expect(addressIn('198.51.100.1, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7');
    for (const forged of ['::1,', 'x', ' ', ',', '198.51.100.1,'])
      expect(addressIn(`${forged.repeat(3000)}, 203.0.113.7, 10.0.0.2`)).toBe('203.0.113.7');
  });

  it('is found behind many proxies', () => {
    const proxies = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`).join(', ');
    expect(addressIn(`203.0.113.7, ${proxies}`)).toBe('203.0.113.7');
  });

  it('is read from the last 1,000 characters alone', () => {
    const address = addressIn(`203.0.113.7, ${'::1,'.repeat(3000)}::1`);
    expect(address).toBe('::1');
  });
});
