import { SiweMessage } from 'siwe';
import { addressOf } from '../../src/accounts/account-id.js';
import { parseEthereumMessage, writeEthereumMessage } from '../../src/sign-in/ethereum/message.js';
import { isStatement } from '../../src/sign-in/grammar.js';
import { aWallet } from '../harness/wallet.js';

describe('the message of a challenge', () => {
  const parts = {
    origin: 'https://app.example.com',
    account: aWallet().account,
    statement: 'Sign in: is that you?',
    chainId: 'eip155:10' as const,
    nonce: 'abcdefgh12345678',
    issuedAt: Date.UTC(2026, 0, 31, 12),
    expirationTime: Date.UTC(2026, 0, 31, 12, 5),
  };

  it.each(['https://app.example.com', 'http://localhost:4000', 'http://[::1]:4000'])(
    'writes the message of a challenge for %s as `siwe` does',
    (origin) => {
      const written = writeEthereumMessage({ ...parts, origin });
      const bySiwe = new SiweMessage({
        ...parts,
        address: addressOf(parts.account),
        chainId: 10,
        domain: new URL(origin).host,
        uri: origin,
        version: '1',
        issuedAt: '2026-01-31T12:00:00.000Z',
        expirationTime: '2026-01-31T12:05:00.000Z',
      });
      expect(written).toBe(bySiwe.prepareMessage());
    },
  );

  it('parses a message that it wrote to the same values', () => {
    expect(parseEthereumMessage(writeEthereumMessage(parts))).toMatchObject({
      domain: 'app.example.com',
      uri: parts.origin,
      account: parts.account,
      chainId: parts.chainId,
      nonce: parts.nonce,
      issuedAt: parts.issuedAt,
      expirationTime: parts.expirationTime,
    });
  });

  it.each(['', 'Sign in to Example, Inc. (#1) at [home]?', "It's ~free!"])(
    'accepts the statement "%s" for challenges',
    (statement) => {
      expect(isStatement(statement)).toBe(true);
      expect(parseEthereumMessage(writeEthereumMessage({ ...parts, statement }))).toBeDefined();
    },
  );

  it.each(['two\nlines', 'say "yes"', '100 %', 'a<b', 'caf\u00e9', '{}', 'a\\b', 'a|b', '`', '^'])(
    'refuses the statement "%s" for challenges',
    (statement) => {
      expect(isStatement(statement)).toBe(false);
      expect(() => parseEthereumMessage(writeEthereumMessage({ ...parts, statement }))).toThrow(
        'not a valid EIP-4361 message',
      );
    },
  );
});
