import type { ErrorCode } from '../../src/errors.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aSolanaWallet, offChainMessage, SOLANA } from '../harness/solana-wallet.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const DEVNET = 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1';

describe('sign-in with Solana', () => {
  let domain: TestDomain;
  const wallet = aSolanaWallet();
  beforeAll(async () => {
    domain = await openDomain({
      signIn: { chainIds: ['eip155:1', SOLANA, DEVNET] },
      sessions: { limit: 0 },
    });
  });
  afterAll(() => domain.close());

  const present = (message: string, signature: string) =>
    domain.signIn.complete({ message, signature }, {});

  /** A valid message with a new nonce. */
  async function aMessage(statement?: string): Promise<string> {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    const now = domain.clock.now();
    return [
      'app.example.com wants you to sign in with your Solana account:',
      wallet.address,
      ...(statement === undefined ? [] : ['', statement]),
      '',
      'URI: https://app.example.com',
      'Version: 1',
      'Chain ID: mainnet',
      `Nonce: ${nonce}`,
      `Issued At: ${new Date(now).toISOString()}`,
      `Expiration Time: ${new Date(now + 5 * MINUTE).toISOString()}`,
    ].join('\n');
  }

  async function codeOf(attempt: Promise<unknown>): Promise<string> {
    return attempt.then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );
  }

  it('signs a Solana wallet in with the message of its challenge, and names the account in its cluster', async () => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const { session } = await present(message, wallet.sign(message));
    expect(session).toMatchObject({ wallet: wallet.account, chainId: SOLANA });
    expect(await codeOf(present(message, wallet.sign(message)))).toBe('NONCE_INVALID');
  });

  it('accepts the signature of a Solana wallet in base58 and in hexadecimal digits', async () => {
    const first = await aMessage('Sign in.');
    await present(first, wallet.sign(first));
    const second = await aMessage('Sign in.');
    await present(second, `0x${wallet.signBytes(Buffer.from(second)).toString('hex')}`);
  });

  it.each([
    ['no statement', undefined],
    ['a statement', 'Sign in to the example.'],
    ['a statement of several lines, with an empty one', 'Welcome.\n\nSign in: it is free.'],
    ['a statement that is not ASCII', 'Willkommen – 你好'],
    ['a statement that begins with an empty line', '\nWelcome.'],
  ])('accepts a Solana message with %s', async (_what, statement) => {
    const message = await aMessage(statement);
    expect(await codeOf(present(message, wallet.sign(message)))).toBe('accepted');
  });

  it.each([
    ['mainnet', SOLANA],
    ['solana:mainnet', SOLANA],
    ['5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', SOLANA],
    [SOLANA, SOLANA],
    ['5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', SOLANA],
    ['devnet', DEVNET],
  ])('reads the chain id %s of a Solana message as %s', async (written, chainId) => {
    const message = (await aMessage()).replace('Chain ID: mainnet', `Chain ID: ${written}`);
    expect((await present(message, wallet.sign(message))).session.chainId).toBe(chainId);
  });

  it('takes the first allowed cluster for a Solana message without a chain id', async () => {
    const message = (await aMessage()).replace('Chain ID: mainnet\n', '');
    expect((await present(message, wallet.sign(message))).session.chainId).toBe(SOLANA);
  });

  it('keeps the sessions of one Solana address in two clusters apart', async () => {
    const message = (await aMessage()).replace('Chain ID: mainnet', 'Chain ID: devnet');
    const { session } = await present(message, wallet.sign(message));
    expect(session.wallet).toBe(`${DEVNET}:${wallet.address}`);
    const ids = (await domain.sessions.list(wallet.account)).map(({ id }) => id);
    expect(ids).not.toContain(session.id);
  });

  it('accepts a nonce for a Solana account only in its cluster', async () => {
    const asked = { account: `${DEVNET}:${wallet.address}` };
    const { nonce, message = '' } = await domain.signIn.createChallenge(asked, {});
    const elsewhere = (await aMessage()).replace(/Nonce: .*/, `Nonce: ${nonce}`);
    expect(await codeOf(present(elsewhere, wallet.sign(elsewhere)))).toBe('NONCE_INVALID');
    const again = await domain.signIn.createChallenge(asked, {});
    expect(again.message).toContain(`Chain ID: ${DEVNET}`);
    expect(message).not.toBe(again.message);
  });

  type Change = (message: string) => string;
  const line =
    (title: string, value: string | undefined): Change =>
    (message) =>
      message.replace(
        new RegExp(`^${title}: .*\\n?`, 'm'),
        value === undefined ? '' : `${title}: ${value}\n`,
      );
  const at =
    (title: string, offset: number): Change =>
    (message) =>
      line(title, new Date(domain.clock.now() + offset).toISOString())(message).replace(/\n$/, '');
  const other = aSolanaWallet();

  const MUTATIONS: [string, ErrorCode, Change][] = [
    ['another domain', 'DOMAIN_NOT_ALLOWED', (text) => text.replace('app.', 'evil.')],
    [
      'a longer domain',
      'DOMAIN_NOT_ALLOWED',
      (text) => text.replace('.com wants', '.com.evil wants'),
    ],
    ['a port', 'DOMAIN_NOT_ALLOWED', (text) => text.replace('.com wants', '.com:8443 wants')],
    ['a user in the domain', 'DOMAIN_NOT_ALLOWED', (text) => `me@${text}`],
    ['no domain', 'MESSAGE_MALFORMED', (text) => text.replace('app.example.com wants', ' wants')],
    ['a scheme', 'MESSAGE_MALFORMED', (text) => `https://${text}`],
    ['another greeting', 'MESSAGE_MALFORMED', (text) => text.replace('wants you', 'asks you')],
    ['another kind of account', 'MESSAGE_MALFORMED', (text) => text.replace('Solana', 'Ethereum')],
    ['no address', 'MESSAGE_MALFORMED', (text) => text.replace(`${wallet.address}\n`, '')],
    ['another address', 'SIGNATURE_INVALID', (text) => text.replace(wallet.address, other.address)],
    [
      'a cut address',
      'MESSAGE_MALFORMED',
      // At its end: without its first characters, one address in 600 is another valid one.
      (text) => text.replace(wallet.address, wallet.address.slice(0, -2)),
    ],
    [
      'a longer address',
      'MESSAGE_MALFORMED',
      (text) => text.replace(wallet.address, `1${wallet.address}`),
    ],
    [
      'an address with a 0',
      'MESSAGE_MALFORMED',
      (text) => text.replace(wallet.address, `0${wallet.address.slice(1)}`),
    ],
    [
      'an Ethereum address',
      'MESSAGE_MALFORMED',
      (text) => text.replace(wallet.address, aWallet().address),
    ],
    ['two empty lines', 'MESSAGE_MALFORMED', (text) => text.replace('\n\nURI', '\n\n\nURI')],
    ['no empty line', 'MESSAGE_MALFORMED', (text) => text.replace('\n\nURI', '\nURI')],
    ['no URI', 'MESSAGE_MALFORMED', line('URI', undefined)],
    ['another URI', 'URI_NOT_ALLOWED', line('URI', 'https://evil.example')],
    ['a URI of another scheme', 'URI_NOT_ALLOWED', line('URI', 'http://app.example.com')],
    ['a relative URI', 'MESSAGE_MALFORMED', line('URI', '/login')],
    ['no version', 'MESSAGE_MALFORMED', line('Version', undefined)],
    ['another version', 'MESSAGE_MALFORMED', line('Version', '2')],
    ['another cluster', 'CHAIN_NOT_ALLOWED', line('Chain ID', 'testnet')],
    ['an Ethereum chain', 'MESSAGE_MALFORMED', line('Chain ID', '1')],
    ['a chain of another namespace', 'MESSAGE_MALFORMED', line('Chain ID', 'eip155:1')],
    ['an empty chain', 'MESSAGE_MALFORMED', line('Chain ID', '')],
    ['no nonce', 'MESSAGE_MALFORMED', line('Nonce', undefined)],
    ['a short nonce', 'MESSAGE_MALFORMED', line('Nonce', 'abc1234')],
    ['an unknown nonce', 'NONCE_INVALID', line('Nonce', 'abcdefgh12345678')],
    ['a nonce with a dash', 'MESSAGE_MALFORMED', line('Nonce', 'abcdefgh-12345678')],
    ['no issued-at', 'MESSAGE_MALFORMED', line('Issued At', undefined)],
    ['an issued-at that is no time', 'MESSAGE_MALFORMED', line('Issued At', 'today')],
    [
      'an issued-at before the challenge',
      'MESSAGE_EXPIRED',
      line('Issued At', '2020-01-01T00:00:00Z'),
    ],
    [
      'an issued-at in the future',
      'MESSAGE_NOT_YET_VALID',
      line('Issued At', '2999-01-01T00:00:00Z'),
    ],
    [
      'an expiration time that is no time',
      'MESSAGE_MALFORMED',
      (text) => text.replace(/Expiration Time: .*/, 'Expiration Time: soon'),
    ],
    ['an expiration time that has come', 'MESSAGE_EXPIRED', at('Expiration Time', 0)],
    [
      'a not-before in the future',
      'MESSAGE_NOT_YET_VALID',
      (text) => `${text}\nNot Before: 2999-01-01T00:00:00Z`,
    ],
    ['a not-before that is no time', 'MESSAGE_MALFORMED', (text) => `${text}\nNot Before: later`],
    ['an empty request id', 'MESSAGE_MALFORMED', (text) => `${text}\nRequest ID: `],
    ['a resource that is no URI', 'MESSAGE_MALFORMED', (text) => `${text}\nResources:\n- no URI`],
    [
      'a resource without a dash',
      'MESSAGE_MALFORMED',
      (text) => `${text}\nResources:\nhttps://a.example`,
    ],
    ['an unknown field', 'MESSAGE_MALFORMED', (text) => `${text}\nAdmin: yes`],
    ['a field twice', 'MESSAGE_MALFORMED', (text) => text.replace(/(Nonce: .*\n)/, '$1$1')],
    [
      'fields in another order',
      'MESSAGE_MALFORMED',
      (text) => text.replace(/(Nonce: .*\n)(Issued At: .*\n)/, '$2$1'),
    ],
    [
      'the fields of another message in its statement',
      'MESSAGE_MALFORMED',
      (text) => text.replace('\n\nURI', '\n\nURI: https://app.example.com\nVersion: 1\n\nURI'),
    ],
    ['a line break at its end', 'MESSAGE_MALFORMED', (text) => `${text}\n`],
    ['carriage returns', 'MESSAGE_MALFORMED', (text) => text.replaceAll('\n', '\r\n')],
    [
      'a control character in its statement',
      'MESSAGE_MALFORMED',
      (text) => text.replace('\n\nURI', '\n\nSign\x07\n\nURI'),
    ],
    [
      'a right-to-left override in its statement',
      'MESSAGE_MALFORMED',
      (text) => text.replace('\n\nURI', '\n\nSign\u202e\n\nURI'),
    ],
    [
      'a lone surrogate',
      'MESSAGE_MALFORMED',
      (text) => text.replace('\n\nURI', '\n\nSign\ud800\n\nURI'),
    ],
  ];

  it.each(MUTATIONS)(
    'refuses a Solana message with %s, even if its signature is valid, with %s',
    async (_what, code, change) => {
      const message = await aMessage();
      const changed = change(message);
      expect(changed).not.toBe(message);
      expect(await codeOf(present(changed, wallet.sign(changed)))).toBe(code);
    },
  );

  it('refuses every change of one character in a signed Solana message, and leaves the nonce to its owner', async () => {
    const message = await aMessage('Sign in.');
    const signature = wallet.sign(message);
    for (let position = 0; position < message.length; position += 4) {
      const character = message[position] === 'a' ? 'b' : 'a';
      const changed = message.slice(0, position) + character + message.slice(position + 1);
      expect(await codeOf(present(changed, signature))).not.toBe('accepted');
    }
    expect(await codeOf(present(message, signature))).toBe('accepted');
  });

  it('reports what is wrong with a Solana message, and in which line', async () => {
    const message = (await aMessage()).replace('Version: 1', 'Version: 2');
    await expect(present(message, wallet.sign(message))).rejects.toMatchObject({
      message: expect.stringMatching(/not a valid Sign In With Solana .*: line 5 /) as string,
    });
  });

  describe('signed on a Ledger, as an off-chain message', () => {
    const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;
    const signed = (envelope: string) =>
      hex(wallet.signBytes(Buffer.from(envelope.slice(2), 'hex')));

    it.each([0, 1])(
      'accepts an off-chain message of version %i that names its only signer',
      async (version) => {
        const envelope = offChainMessage(version, [wallet.publicKey], await aMessage('Sign in.'));
        const { session } = await present(envelope, signed(envelope));
        expect(session.wallet).toBe(wallet.account);
      },
    );

    it.each<[string, (text: string) => string]>([
      ['no signer', (text) => offChainMessage(0, [], text)],
      ['two signers', (text) => offChainMessage(1, [wallet.publicKey, other.publicKey], text)],
      ['another signer', (text) => offChainMessage(0, [other.publicKey], text)],
      ['version 2', (text) => offChainMessage(2, [wallet.publicKey], text)],
      ['format 3', (text) => offChainMessage(0, [wallet.publicKey], text, { format: 3 })],
      [
        'a length that is too short',
        (text) => offChainMessage(0, [wallet.publicKey], text, { length: 9 }),
      ],
      ['a byte after its text', (text) => `${offChainMessage(0, [wallet.publicKey], text)}00`],
      ['text that is not UTF-8', (text) => `${offChainMessage(1, [wallet.publicKey], text)}ff`],
      ['upper-case digits', (text) => `${offChainMessage(1, [wallet.publicKey], text)}AA`],
      ['half a byte', (text) => offChainMessage(1, [wallet.publicKey], text).slice(0, -1)],
      [
        'nothing after its head',
        () => `0x${Buffer.from('\xffsolana offchain', 'latin1').toString('hex')}`,
      ],
    ])('refuses an off-chain message with %s', async (_what, wrap) => {
      const envelope = wrap(await aMessage());
      expect(await codeOf(present(envelope, signed(envelope)))).toBe('MESSAGE_MALFORMED');
    });

    it('accepts neither the signature of an off-chain message for its text nor that of the text for the off-chain message', async () => {
      const message = await aMessage();
      const envelope = offChainMessage(0, [wallet.publicKey], message);
      expect(await codeOf(present(message, signed(envelope)))).toBe('SIGNATURE_INVALID');
      expect(await codeOf(present(envelope, wallet.sign(message)))).toBe('SIGNATURE_INVALID');
    });
  });
});
