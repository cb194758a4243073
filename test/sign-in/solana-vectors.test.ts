import { encodeBase58 } from '../../src/accounts/base58.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { aSolanaWallet, offChainMessage, SOLANA } from '../harness/solana-wallet.js';

const DAY = 86_400_000;
const TESTNET = 'solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z';

/** The fields of a message, by their titles, in the order of CAIP-122. `undefined` leaves a field out. */
type Fields = Record<string, string | undefined>;

interface Parts {
  readonly header?: string;
  readonly address?: string;
  /** The lines between the address and the fields. */
  readonly between?: readonly string[];
  readonly fields?: Fields;
  /** The titles of the fields in another order. */
  readonly order?: readonly string[];
  /** Lines after the fields. */
  readonly after?: readonly string[];
}

/**
 * The cases that the tests of other implementations name, rebuilt as messages that differ from a valid one in that case
 * only. Each is signed with the key of its account.
 */
describe('the test vectors of other implementations of Solana sign-in', () => {
  const wallet = aSolanaWallet();
  const other = aSolanaWallet();
  let domain: TestDomain;
  beforeAll(async () => {
    domain = await openDomain({
      signIn: { chainIds: [SOLANA, TESTNET] },
      sessions: { limit: 0 },
    });
  });
  afterAll(() => domain.close());

  async function aMessage(parts: Parts = {}): Promise<string> {
    const { nonce } = await domain.signIn.createChallenge({}, {});
    const fields: Fields = {
      URI: 'https://app.example.com',
      Version: '1',
      'Chain ID': 'solana:testnet',
      Nonce: nonce,
      'Issued At': timeIn(0),
      'Expiration Time': undefined,
      'Not Before': undefined,
      'Request ID': undefined,
      ...parts.fields,
    };
    const { order = Object.keys(fields) } = parts;
    return [
      parts.header ?? 'app.example.com wants you to sign in with your Solana account:',
      parts.address ?? wallet.address,
      ...(parts.between ?? ['', 'Statement', '']),
      ...order.flatMap((title) =>
        fields[title] === undefined ? [] : [`${title}: ${fields[title]}`],
      ),
      ...(parts.after ?? []),
    ].join('\n');
  }

  const timeIn = (milliseconds: number) =>
    new Date(domain.clock.now() + milliseconds).toISOString().replace(/\.\d+/, '');

  /** Presents a text, or the bytes of an off-chain message in hexadecimal, with a valid signature. */
  async function outcomeOf(message: string): Promise<string> {
    const bytes = message.startsWith('0x') ? Buffer.from(message.slice(2), 'hex') : message;
    const signature = encodeBase58(wallet.signBytes(Buffer.from(bytes)));
    return domain.signIn.complete({ message, signature }, {}).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );
  }

  describe('supabase/auth, `internal/utilities/siws`', () => {
    it.each<[string, Parts]>([
      ['a statement', {}],
      ['no statement', { between: [''] }],
      ['a request id', { fields: { 'Request ID': 'abcdef' } }],
    ])('accepts what it accepts: a message with %s', async (_case, parts) => {
      expect(await outcomeOf(await aMessage(parts))).toBe('accepted');
    });

    it.each<[string, string, () => Parts]>([
      [
        'a greeting that goes on otherwise',
        'MESSAGE_MALFORMED',
        () => ({ header: 'a.b whatever' }),
      ],
      [
        'an invalid domain',
        'MESSAGE_MALFORMED',
        () => ({ header: '<*> wants you to sign in with your Solana account:' }),
      ],
      ['an address that is not base58', 'MESSAGE_MALFORMED', () => ({ address: '*'.repeat(39) })],
      ['a field in its third line', 'MESSAGE_MALFORMED', () => ({ between: [] })],
      [
        'a line that is no field',
        'MESSAGE_MALFORMED',
        () => ({ between: ['', 'Statement', '', 'Not Parsable'] }),
      ],
      ['an invalid URI', 'MESSAGE_MALFORMED', () => ({ fields: { URI: '***' } })],
      [
        'an issued-at that is no time',
        'MESSAGE_MALFORMED',
        () => ({ fields: { 'Issued At': 'x' } }),
      ],
      [
        'an expiration time that is no time',
        'MESSAGE_MALFORMED',
        () => ({ fields: { 'Expiration Time': 'not-a-timestamp' } }),
      ],
      [
        'a not-before that is no time',
        'MESSAGE_MALFORMED',
        () => ({ fields: { 'Not Before': 'not-a-timestamp' } }),
      ],
      ['another version', 'MESSAGE_MALFORMED', () => ({ fields: { Version: '2' } })],
      ['no URI', 'MESSAGE_MALFORMED', () => ({ fields: { URI: undefined } })],
      ['no issued-at', 'MESSAGE_MALFORMED', () => ({ fields: { 'Issued At': undefined } })],
      [
        'an expiration time before its issued-at',
        'MESSAGE_EXPIRED',
        () => ({ fields: { 'Expiration Time': timeIn(-DAY) } }),
      ],
      [
        'a not-before after its expiration time',
        'MESSAGE_NOT_YET_VALID',
        () => ({ fields: { 'Expiration Time': timeIn(DAY), 'Not Before': timeIn(2 * DAY) } }),
      ],
      [
        'a second resource that is no URI',
        'MESSAGE_MALFORMED',
        () => ({ after: ['Resources:', '- https://example.com', '- ***'] }),
      ],
      [
        'a chain of an unknown namespace',
        'MESSAGE_MALFORMED',
        () => ({ fields: { 'Chain ID': 'random:mainnet' } }),
      ],
    ])('refuses what it refuses: a message with %s, with %s', async (_case, code, partsOf) => {
      expect(await outcomeOf(await aMessage(partsOf()))).toBe(code);
    });

    it.each(['', '\n\n\n\n'])(
      'refuses what it refuses: a text without six lines, %j',
      async (text) => {
        expect(await outcomeOf(text)).toBe('MESSAGE_MALFORMED');
      },
    );

    it.each<[string, string, Parts]>([
      // CAIP-122 has one order, in which no line can be read as two things.
      [
        'fields in another order',
        'MESSAGE_MALFORMED',
        { order: ['Version', 'URI', 'Issued At', 'Nonce', 'Chain ID'] },
      ],
      // CAIP-122 asks for at least eight characters.
      ['a nonce of three characters', 'MESSAGE_MALFORMED', { fields: { Nonce: '123' } }],
      // Without a nonce of the service, the message could be used again.
      ['no nonce', 'MESSAGE_MALFORMED', { fields: { Nonce: undefined } }],
      // Every line of a message that a wallet showed to its owner has a meaning.
      ['an unknown field', 'MESSAGE_MALFORMED', { after: ['Colour: green'] }],
      ['an empty line at its end', 'MESSAGE_MALFORMED', { after: [''] }],
      // An empty chain id names no cluster.
      ['an empty chain id', 'MESSAGE_MALFORMED', { fields: { 'Chain ID': '' } }],
    ])('refuses, unlike it, a message with %s, with %s', async (_case, code, parts) => {
      expect(await outcomeOf(await aMessage(parts))).toBe(code);
    });
  });

  describe('anza-xyz/kit, `packages/offchain-messages`', () => {
    /** A message whose text has the number of bytes, by the length of its statement. */
    async function aMessageOf(bytes: number): Promise<string> {
      const short = await aMessage();
      const statement = '!'.repeat(bytes - Buffer.byteLength(short) + 'Statement'.length);
      return short.replace('Statement', statement);
    }
    const withStatement = (statement: string) => aMessage({ between: ['', statement, ''] });
    const wrapped = (text: string, format: number) =>
      offChainMessage(0, [wallet.publicKey], text, { format });
    const PEACE = '✌🏿cool';

    it.each<[string, () => Promise<string>]>([
      ['version 0 in ASCII', async () => wrapped(await aMessage(), 0)],
      [
        'version 0 with a named application',
        async () =>
          offChainMessage(0, [wallet.publicKey], await aMessage(), {
            domain: Buffer.alloc(32, 'testdomain'),
          }),
      ],
      ['version 0 in ASCII of 1,232 bytes', async () => wrapped(await aMessageOf(1232), 0)],
      ['version 0 in short UTF-8', async () => wrapped(await withStatement(PEACE), 1)],
      ['version 0 in short UTF-8 of 1,232 bytes', async () => wrapped(await aMessageOf(1232), 1)],
      ['version 0 in long UTF-8', async () => wrapped(await withStatement(PEACE), 2)],
      ['version 0 in long UTF-8 of 1,233 bytes', async () => wrapped(await aMessageOf(1233), 2)],
      [
        'version 1 in UTF-8',
        async () => offChainMessage(1, [wallet.publicKey], await withStatement(PEACE)),
      ],
    ])('accepts what it accepts: %s', async (_case, wrap) => {
      expect(await outcomeOf(await wrap())).toBe('accepted');
    });

    const changed = (envelope: string, position: number, byte: string) => {
      const at = 2 + position * 2;
      return envelope.slice(0, at) + byte + envelope.slice(at + 2);
    };
    /** The position of the version, after the signing domain. */
    const VERSION = 16;

    it.each<[string, () => Promise<string>]>([
      ['another signing domain', async () => changed(wrapped(await aMessage(), 0), 0, 'fe')],
      ['version 255', async () => changed(wrapped(await aMessage(), 0), VERSION, 'ff')],
      ['version 0 that says 1', async () => changed(wrapped(await aMessage(), 0), VERSION, '01')],
      [
        'version 1 that says 0',
        async () =>
          changed(offChainMessage(1, [wallet.publicKey], await aMessage()), VERSION, '00'),
      ],
      ['no signer in version 0', async () => offChainMessage(0, [], await aMessage())],
      ['no signer in version 1', async () => offChainMessage(1, [], await aMessage())],
      [
        'one signer twice',
        async () => offChainMessage(1, [wallet.publicKey, wallet.publicKey], await aMessage()),
      ],
      ['no text in version 0', () => Promise.resolve(wrapped('', 0))],
      ['no text in version 1', () => Promise.resolve(offChainMessage(1, [wallet.publicKey], ''))],
      ['a tab in ASCII', async () => wrapped(await withStatement('\t'), 0)],
      ['a delete character in ASCII', async () => wrapped(await withStatement('\x7f'), 0)],
      ['UTF-8 that is declared as ASCII', async () => wrapped(await withStatement(PEACE), 0)],
      ['ASCII of 1,233 bytes', async () => wrapped(await aMessageOf(1233), 0)],
      ['short UTF-8 of 1,233 bytes', async () => wrapped(await aMessageOf(1233), 1)],
      ...[0, 1, 2].map((format): [string, () => Promise<string>] => [
        `format ${format} with a text longer than declared`,
        async () =>
          offChainMessage(0, [wallet.publicKey], await aMessage(), { format, length: 11 }),
      ]),
    ])('refuses what it refuses: %s', async (_case, wrap) => {
      expect(await outcomeOf(await wrap())).toBe('MESSAGE_MALFORMED');
    });

    it.each([0, 1])(
      'refuses, unlike it, version %i with two signers: a sign-in is that of one account',
      async (version) => {
        const signers = [wallet.publicKey, other.publicKey];
        const envelope = offChainMessage(version, signers, await aMessage());
        expect(await outcomeOf(envelope)).toBe('MESSAGE_MALFORMED');
      },
    );

    it('accepts, unlike it, line breaks in ASCII: a sign-in message has them, and wallets declare it as ASCII', async () => {
      const envelope = wrapped(await aMessage(), 0);
      expect(Buffer.from(envelope.slice(2), 'hex').includes('\n')).toBe(true);
      expect(await outcomeOf(envelope)).toBe('accepted');
    });
  });
});
