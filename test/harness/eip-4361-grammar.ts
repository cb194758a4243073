import fc from 'fast-check';
import { aWallet } from './wallet.js';

const CHARACTERS = {
  alpha: 'ABCXYZabcxyz',
  digit: '0123456789',
  hexdig: '0123456789abcdefABCDEF',
  plain: "ABCXYZabcxyz0189-._~!$&'()*+,;=",
};

const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters));
const textOf = (unit: fc.Arbitrary<string>, most: number, least = 0) =>
  fc.string({ unit, minLength: least, maxLength: most });
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(''));
const optional = (part: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), part);
const literal = fc.constant<string>;

const hexdig = oneOf(CHARACTERS.hexdig);
const digits = (most: number, least = 0) => textOf(oneOf(CHARACTERS.digit), most, least);
const pctEncoded = joined(literal('%'), hexdig, hexdig);
const plainOr = (more: string) => fc.oneof(oneOf(CHARACTERS.plain + more), pctEncoded);
const pchar = plainOr(':@');

const scheme = joined(oneOf(CHARACTERS.alpha), textOf(oneOf('abcXYZ019+-.'), 6));
const decOctet = fc.oneof(fc.integer({ min: 0, max: 299 }).map(String), digits(3));
const ipv4 = joined(decOctet, ...Array.from({ length: 3 }, () => joined(literal('.'), decOctet)));
const h16 = textOf(hexdig, 5, 1);
/** Includes addresses with too many or too long groups, on which the parsers must agree, too. */
const ipv6 = fc
  .tuple(fc.array(h16, { maxLength: 8 }), fc.array(h16, { maxLength: 8 }), optional(ipv4))
  .chain(([before, after, last]) => {
    const rest = last === '' ? after : [...after, last];
    return fc.constantFrom(
      [...before, ...rest].join(':'),
      `${before.join(':')}::${rest.join(':')}`,
    );
  });
const ipvFuture = joined(
  oneOf('vV'),
  textOf(hexdig, 2, 1),
  literal('.'),
  textOf(oneOf('aZ9:~!'), 4, 1),
);
const host = fc.oneof(
  fc.constantFrom('app.example.com', 'localhost', '127.0.0.1', '1.1.1.256'),
  textOf(plainOr(''), 12),
  ipv4,
  joined(literal('['), fc.oneof(ipv6, ipvFuture), literal(']')),
);
const authority = joined(
  optional(joined(textOf(plainOr(':'), 6), literal('@'))),
  host,
  optional(joined(literal(':'), digits(6))),
);
const segments = textOf(joined(literal('/'), textOf(pchar, 5)), 3);
const afterPath = fc.oneof(pchar, oneOf('/?'));
const uri = joined(
  scheme,
  literal(':'),
  fc.oneof(
    joined(literal('//'), authority, segments),
    joined(literal('/'), optional(joined(textOf(pchar, 4, 1), segments))),
    joined(textOf(pchar, 6, 1), segments),
    literal(''),
  ),
  optional(joined(literal('?'), textOf(afterPath, 6))),
  optional(joined(literal('#'), textOf(afterPath, 6))),
);

const two = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0'));
/** Includes invalid times: day 32, hour 24, second 61. */
const dateTime = joined(
  fc.oneof(fc.constantFrom('2026', '2024', '1900', '0000', '9999'), digits(4, 4)),
  literal('-'),
  two(0, 13),
  literal('-'),
  two(0, 32),
  oneOf('TTTt'),
  two(0, 24),
  literal(':'),
  two(0, 60),
  literal(':'),
  two(0, 61),
  optional(joined(literal('.'), digits(12, 1))),
  fc.oneof(oneOf('ZZZz'), joined(oneOf('+-'), two(0, 24), literal(':'), two(0, 60))),
);
const aTime = fc.oneof(dateTime, {
  weight: 3,
  arbitrary: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
});

const addresses = Array.from({ length: 5 }, () => aWallet().address);
const address = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<string>(...addresses) },
  fc.constantFrom(...addresses).map((text) => text.toLowerCase()),
  textOf(hexdig, 40, 40).map((text) => `0x${text}`),
);
const statement = textOf(oneOf(`${CHARACTERS.plain} :/?#@[]`), 30);
const chainId = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('1', '10', '8453', '0') },
  fc.constantFrom('01', '9007199254740991', '9007199254740992', '10000000000000000000000'),
  digits(20, 1),
);
const nonce = textOf(oneOf(CHARACTERS.alpha + CHARACTERS.digit), 20, 7);
const line = (title: string, value: fc.Arbitrary<string>) => joined(literal(`\n${title}`), value);

/**
 * Texts by the grammar of EIP-4361. Some break a count or a range of the grammar; most are valid sign-in
 * messages.
 */
export const messages = joined(
  optional(joined(scheme, literal('://'))),
  authority,
  literal(' wants you to sign in with your Ethereum account:\n'),
  address,
  fc.oneof(joined(literal('\n\n'), statement, literal('\n')), literal('\n\n')),
  line('URI: ', uri),
  line('Version: ', fc.constantFrom(...Array<string>(9).fill('1'), '2', '11')),
  line('Chain ID: ', chainId),
  line('Nonce: ', nonce),
  line('Issued At: ', aTime),
  optional(line('Expiration Time: ', aTime)),
  optional(line('Not Before: ', aTime)),
  optional(line('Request ID: ', textOf(pchar, 6))),
  optional(line('Resources:', textOf(line('- ', uri), 3))),
);

const anyCharacter = fc.oneof(
  oneOf('\n\r\t 01aAzZ%:/?#[]@-._~!$&\'()*+,;="<>\\^`{|}\u00e4\u2028\u0000'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

type Mutation = (text: string) => string;

const at = (text: string, position: number) => Math.floor(position * (text.length + 1));
const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const ofCharacters: fc.Arbitrary<Mutation> = fc
  .tuple(position, fc.integer({ min: 0, max: 2 }), fc.array(anyCharacter, { maxLength: 2 }))
  .map(([where, removed, inserted]) => (text) => {
    const start = at(text, where);
    return text.slice(0, start) + inserted.join('') + text.slice(start + removed);
  });

/** Repeats, removes or moves a line. */
const ofLines: fc.Arbitrary<Mutation> = fc
  .tuple(position, position, fc.constantFrom('repeat', 'remove', 'move'))
  .map(([from, to, what]) => (text) => {
    const lines = text.split('\n');
    const source = Math.floor(from * lines.length);
    const [taken = ''] = what === 'repeat' ? lines.slice(source) : lines.splice(source, 1);
    if (what !== 'remove') lines.splice(Math.floor(to * (lines.length + 1)), 0, taken);
    return lines.join('\n');
  });

const mutations = fc.array(fc.oneof(ofCharacters, ofLines), { minLength: 1, maxLength: 3 });

/** Sign-in messages with one to three changes to characters or lines. */
export const mutatedMessages = fc
  .tuple(messages, mutations)
  .map(([text, changes]) => changes.reduce((changed, change) => change(changed), text));

/** Arbitrary texts. */
export const anyTexts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  textOf(anyCharacter, 200),
);
