import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../src/sessions/key-ring.js';
import { decryptDetails, encryptDetails, type SessionDetails } from '../../src/sessions/details.js';
import { newSessionId, type Capabilities } from '../../src/sessions/session.js';
import type { AccountId } from '../../src/accounts/account-id.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { aWallet } from '../harness/wallet.js';

/** As an object literal, it would set the prototype. */
const UNUSUAL = '{"__proto__":{"a/b":[{}]}}';

describe('the sealed details of a session', () => {
  const keys = createKeyRing([{ id: 'key-1', secret: randomBytes(32) }]);

  const there = (details: SessionDetails) => {
    const partition = partitionOf(details);
    const to = { id: newSessionId(1), createdAt: 1, authenticatedAt: 2, absoluteExpiresAt: 3 };
    const sealed = encryptDetails(keys, partition, to, details);
    return { sealed, back: decryptDetails(keys, partition, to, sealed) };
  };
  const some = (details: Partial<SessionDetails>): SessionDetails => ({
    wallet: aWallet().account,
    chainId: 'eip155:1',
    lastSeenAt: 1_790_000_000_000,
    ...details,
  });

  it.each([
    ['no optional values', {}],
    ['a browser', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0' }],
    ['an unusual user agent', { userAgent: randomBytes(120).toString('latin1') }],
    ['an empty user agent', { userAgent: '' }],
    ['labels in any script', { walletType: 'ウォレット', device: 'Ада 📱' }],
    ['an IPv4 address', { ipAddress: '203.0.113.7' }],
    ['an IPv6 address', { ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348' }],
    ['a shortened IPv6 address', { ipAddress: '2001:db8::1' }],
    ['an IPv6 address in an unusual form', { ipAddress: '2001:DB8:0:0::1' }],
    ['an IPv4-mapped IPv6 address', { ipAddress: '::ffff:203.0.113.7' }],
    ['a link-local address with its zone', { ipAddress: 'fe80::1%eth0' }],
    ['an invalid IP address', { ipAddress: 'unix socket' }],
    ['a wallet address in lower case', { wallet: aWallet().account.toLowerCase() as AccountId }],
    ['a user of the application', { userId: 'user-1' }],
    ['capabilities', { capabilities: { 'https://a.example': { 'crud/read': [{ max: 3 }] } } }],
    [
      'capabilities of a resource with an unusual name, and a user',
      { userId: 'user-1', capabilities: JSON.parse(UNUSUAL) as Capabilities },
    ],
    [
      'a Solana account',
      {
        wallet:
          'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv',
        chainId: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
      } as const,
    ],
    ['a contract', { wallet: `eip155:10:${aWallet().address}` as const }],
    [
      'a contract that is linked to a user',
      { wallet: `eip155:10:${aWallet().address}` as const, userId: 'user-1' },
    ],
    ['the largest chain id', { chainId: `eip155:${Number.MAX_SAFE_INTEGER}` as const }],
  ])('decrypts session details to the values that were encrypted: %s', (_what, details) => {
    const given = some(details);
    expect(there(given).back).toEqual(given);
  });

  it('keeps the EIP-55 checksum of any wallet address in encrypted details', () => {
    for (let count = 0; count < 200; count += 1) {
      const given = some({});
      expect(there(given).back?.wallet).toBe(given.wallet);
    }
  });

  it('encrypts the details of a session with a usual browser and network in less than 150 bytes', () => {
    const { sealed } = there(
      some({
        walletType: 'MetaMask',
        device: 'Work laptop',
        userAgent:
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36',
        ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      }),
    );
    expect(sealed.byteLength).toBeLessThan(150);
  });
});
