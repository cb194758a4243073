import { createSignInMessageText, parseSignInMessageText } from '@solana/wallet-standard-util';
import fc from 'fast-check';
import { parseSolanaMessage, writeSolanaMessage } from '../../src/sign-in/solana/message.js';
import { aSolanaWallet, SOLANA } from '../harness/solana-wallet.js';

/** How many texts each property is tried on. A run for hours: FUZZ_RUNS=1000000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1500);

const addresses = Array.from({ length: 5 }, () => aSolanaWallet().address);

function readByUs(text: string) {
  try {
    return parseSolanaMessage(text, [SOLANA]);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MESSAGE_MALFORMED' });
    return undefined;
  }
}

const optional = (value: fc.Arbitrary<string>) => fc.option(value, { nil: undefined });
const time = fc
  .date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const uri = fc.constantFrom(
  'https://app.example.com',
  'https://app.example.com/a?b=c',
  'did:key:z6Mk',
);
const words = fc.string({ maxLength: 30 });
const inputs = fc.record({
  domain: fc.constantFrom('app.example.com', 'localhost:3000', '[::1]', 'a b', ''),
  address: fc.constantFrom(...addresses, 'short'),
  statement: optional(
    fc.oneof(
      words,
      fc.array(words, { maxLength: 4 }).map((lines) => lines.join('\n')),
    ),
  ),
  uri: optional(uri),
  version: optional(fc.constantFrom('1', '2')),
  chainId: optional(fc.constantFrom('mainnet', 'solana:devnet', 'solana:mainnet', 'moon')),
  nonce: optional(fc.constantFrom('abcdefgh12345678', 'short', 'with-dash-1234')),
  issuedAt: optional(time),
  expirationTime: optional(time),
  notBefore: optional(time),
  requestId: optional(fc.constantFrom('request-1', 'a b')),
  resources: fc.option(fc.array(uri, { maxLength: 3 }), { nil: undefined }),
});

/** Mostly complete messages, so that many are accepted. */
const complete = inputs.map(({ statement, chainId, expirationTime, notBefore, resources }) => ({
  domain: 'app.example.com',
  address: addresses[0] ?? '',
  statement,
  uri: 'https://app.example.com',
  version: '1',
  chainId: chainId === 'moon' ? 'testnet' : chainId,
  nonce: 'abcdefgh12345678',
  issuedAt: '2026-01-31T12:00:00.000Z',
  expirationTime,
  notBefore,
  resources,
}));

type Input = Parameters<typeof createSignInMessageText>[0];
const textOf = (input: object) => createSignInMessageText(input as Input);
const texts = fc.oneof(inputs, complete).map(textOf);
const mutated = fc
  .tuple(
    complete.map(textOf),
    fc.nat(),
    fc.constantFrom('', '\n', ' ', 'a', '0', '\r', '-', 'URI: '),
    fc.nat(2),
  )
  .map(([text, place, inserted, removed]) => {
    const start = place % (text.length + 1);
    return text.slice(0, start) + inserted + text.slice(start + removed);
  });

describe('the grammar of Sign In With Solana, compared with `@solana/wallet-standard-util`', () => {
  /** What we accept, the oracle reads with the same fields, and writes back as the same text. */
  function agree(text: string): void {
    const ours = readByUs(text);
    if (ours === undefined) return;
    const theirs = parseSignInMessageText(text);
    if (theirs === null) throw new Error('We accept what the oracle refuses.');
    expect(createSignInMessageText(theirs)).toBe(text);
    const ms = (value?: string) => value && Date.parse(value.replace(/(\.\d{3})\d+/, '$1'));
    expect(ours).toMatchObject({
      domain: theirs.domain,
      uri: theirs.uri,
      nonce: theirs.nonce,
      issuedAt: ms(theirs.issuedAt),
    });
    expect(ours.account.endsWith(`:${theirs.address}`)).toBe(true);
    expect(ours.expirationTime).toBe(ms(theirs.expirationTime));
    expect(ours.notBefore).toBe(ms(theirs.notBefore));
  }

  it.each([
    ['messages that wallets write', texts],
    ['messages with a change', mutated],
  ])('reads what it accepts as the oracle does: %s', (_what, given) => {
    fc.assert(fc.property(given, agree), { numRuns });
  });

  it('accepts every complete message, unless its statement has characters that hide something or imitates the fields', () => {
    fc.assert(
      fc.property(complete, (input) => {
        const hides = /[^\P{C}\n]|[\u2028\u2029]/u.test(input.statement ?? '');
        const imitates = /(^|\n)URI: /.test(input.statement ?? '');
        // Only empty lines would be read as no statement by some and as one by others.
        const isBlank = /^\n+$/.test(input.statement ?? '');
        fc.pre(!hides && !imitates && !isBlank);
        expect(readByUs(textOf(input))).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('writes the message of a challenge as the oracle does', () => {
    const issuedAt = Date.UTC(2026, 0, 31, 12);
    const parts = {
      origin: 'https://app.example.com',
      statement: 'Sign in.',
      chainId: SOLANA,
    } as const;
    const [address = ''] = addresses;
    for (const statement of ['Sign in.', '']) {
      const written = writeSolanaMessage({
        ...parts,
        statement,
        account: `${SOLANA}:${address}`,
        nonce: 'abcdefgh12345678',
        issuedAt,
        expirationTime: issuedAt + 300_000,
      });
      expect(written).toBe(
        textOf({
          domain: 'app.example.com',
          address,
          statement,
          uri: 'https://app.example.com',
          version: '1',
          chainId: SOLANA,
          nonce: 'abcdefgh12345678',
          issuedAt: '2026-01-31T12:00:00.000Z',
          expirationTime: '2026-01-31T12:05:00.000Z',
        }),
      );
    }
  });
});
