import { SiweMessage } from 'siwe';
import type { ErrorCode } from '../../src/errors.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import { openDomain, type TestDomain } from '../harness/domain.js';
import { ORIGIN, aMessage, type MessageOverrides } from '../harness/sign-in-message.js';
import type { ChallengeRequest } from '../../src/sign-in/sign-in.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('sign-in with an EIP-4361 message', () => {
  let domain: TestDomain;
  const wallet = aWallet();

  beforeAll(async () => {
    domain = await openDomain({
      signIn: { chainIds: ['eip155:1', 'eip155:10'] },
      sessions: { limit: 0 },
    });
  });
  afterAll(() => domain.close());

  async function freshNonce(bound: ChallengeRequest = {}) {
    return (await domain.signIn.createChallenge(bound, {})).nonce;
  }

  function present(message: string, signature: string): Promise<SessionGrant> {
    return domain.signIn.complete({ message, signature }, {});
  }

  async function signAndPresent(message: string, signer = wallet): Promise<SessionGrant> {
    return present(message, await signer.sign(message));
  }

  /** Signs the message that `write` makes with a fresh nonce, and resolves to the code of the refusal. */
  async function refusal(write: (nonce: string, now: number) => string, signer = wallet) {
    return codeOf(signAndPresent(write(await freshNonce(), domain.clock.now()), signer));
  }

  it('accepts the signed message of a challenge', async () => {
    const { message } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const { session } = await signAndPresent(message ?? '');
    expect(session).toMatchObject({ wallet: wallet.account, chainId: 'eip155:1' });
  });

  it('writes the configured origin, chain and times and the nonce into the message of a challenge', async () => {
    const challenge = await domain.signIn.createChallenge(
      { account: wallet.account, chainId: 'eip155:10' },
      {},
    );
    expect(new SiweMessage(challenge.message ?? '')).toMatchObject({
      domain: 'app.example.com',
      uri: 'https://app.example.com',
      version: '1',
      chainId: 10,
      address: wallet.address,
      nonce: challenge.nonce,
      issuedAt: new Date(domain.clock.now()).toISOString(),
      expirationTime: new Date(challenge.expiresAt).toISOString(),
    });
    expect(challenge.expiresAt - domain.clock.now()).toBe(5 * MINUTE);
  });

  it.each([
    ['lower', (digits: string) => digits.toLowerCase()],
    ['upper', (digits: string) => digits.toUpperCase()],
  ])('writes an address that was given in %s case with its checksum', async (_case, write) => {
    const account = `eip155:1:0x${write(wallet.address.slice(2))}`;
    const { message = '' } = await domain.signIn.createChallenge({ account }, {});
    expect(message).toContain(wallet.address);
    expect((await signAndPresent(message)).session.wallet).toBe(wallet.account);
  });

  it.each<[string, unknown]>([
    ['a bare address', wallet.address],
    ['too few digits', 'eip155:1:0x123'],
    ['a chain that is no number', `eip155:x:${wallet.address}`],
    ['another namespace', `cosmos:cosmoshub-3:${wallet.address}`],
    ['a wrong checksum', `eip155:1:0x${wallet.address.slice(2).replace(/[a-f]/i, swapCase)}`],
    ['an account in an array', [wallet.account]],
    ['null', null],
  ])('refuses a challenge for an invalid account: %s', async (_what, given) => {
    const asked = domain.signIn.createChallenge({ account: given as string }, {});
    expect(await codeOf(asked)).toBe('BAD_USER_INPUT');
  });

  it.each<[string, object, ErrorCode]>([
    ['no message', {}, 'MESSAGE_MALFORMED'],
    ['a message in an array', { message: ['Sign'], signature: '0x' }, 'MESSAGE_MALFORMED'],
  ])('refuses a sign-in with a message that is not a string: %s', async (_what, sent, code) => {
    const signed = sent as { message: string; signature: string };
    expect(await codeOf(domain.signIn.complete(signed, {}))).toBe(code);
  });

  it('refuses a signature that is not a string', async () => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const signature = [await wallet.sign(message)] as unknown as string;
    expect(await codeOf(present(message, signature))).toBe('SIGNATURE_INVALID');
  });

  it('trims the names of wallet and device that the client sends', async () => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const signature = await wallet.sign(message);
    const described = { walletType: ' MetaMask ', device: ' ' };
    const { session } = await domain.signIn.complete({ message, signature, ...described }, {});
    expect(session).toMatchObject({ walletType: 'MetaMask', device: undefined });
  });

  it('removes characters that are invisible or change how other text is displayed from names of the client', async () => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const signature = await wallet.sign(message);
    const described = {
      walletType: '\u202eksaMateM\u200b',
      device: `${'\u2066'.repeat(200)}My\u2028\u009bphone`,
    };
    const { session } = await domain.signIn.complete({ message, signature, ...described }, {});
    expect(session).toMatchObject({ walletType: 'ksaMateM', device: 'My phone' });
  });

  it('treats a name of only unsafe characters as missing', async () => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const signature = await wallet.sign(message);
    const described = { walletType: '\u202e', device: '\u200b\ud83d' };
    const { session } = await domain.signIn.complete({ message, signature, ...described }, {});
    expect(session).toMatchObject({ walletType: undefined, device: undefined });
  });

  it.each<[string, object]>([
    ['a device of 101 characters', { device: 'd'.repeat(101) }],
    ['a wallet type of 101 characters', { walletType: 'w'.repeat(101) }],
    ['a device that is not a string', { device: { name: 'Phone' } }],
  ])('refuses a sign-in with %s and keeps the nonce valid', async (_what, described) => {
    const { message = '' } = await domain.signIn.createChallenge({ account: wallet.account }, {});
    const signature = await wallet.sign(message);
    const asked = domain.signIn.complete({ message, signature, ...described }, {});
    expect(await codeOf(asked)).toBe('BAD_USER_INPUT');
    expect((await present(message, signature)).session.device).toBeUndefined();
  });

  it('returns a nonce without a message when the address is not known yet', async () => {
    const challenge = await domain.signIn.createChallenge({}, {});
    expect(challenge.message).toBeUndefined();
    expect(challenge.nonce).toMatch(/^[a-z0-9]{32}$/);
  });

  it.each([
    ['with no statement', { statement: undefined }],
    ['with its scheme', { scheme: 'https' }],
    ['with a path in the URI', { uri: 'https://app.example.com/sign-in?from=menu' }],
    ['on another allowed chain', { chainId: 10 }],
    ['with resources and a request id', { resources: ['https://x.example/y'], requestId: 'r1' }],
    ['with no expiration time', { expirationTime: undefined }],
  ])('accepts a message that the client wrote itself %s', async (_what, overrides) => {
    const nonce = await freshNonce();
    const message = aMessage(wallet, nonce, domain.clock.now(), overrides);
    expect((await signAndPresent(message)).session.wallet).toBe(wallet.account);
  });

  const in_ = (milliseconds: number) => (now: number) => new Date(now + milliseconds).toISOString();

  const REFUSED: [string, ErrorCode, (now: number) => MessageOverrides][] = [
    ['another domain', 'DOMAIN_NOT_ALLOWED', () => ({ domain: 'evil.example.com' })],
    [
      'a domain that ends like the configured one',
      'DOMAIN_NOT_ALLOWED',
      () => ({ domain: 'xapp.example.com' }),
    ],
    [
      'a domain that begins like the configured one',
      'DOMAIN_NOT_ALLOWED',
      () => ({ domain: 'app.example.com.evil' }),
    ],
    [
      'the configured domain with another port',
      'DOMAIN_NOT_ALLOWED',
      () => ({ domain: 'app.example.com:8443' }),
    ],
    ['another scheme', 'DOMAIN_NOT_ALLOWED', () => ({ scheme: 'http' })],
    ['another URI', 'URI_NOT_ALLOWED', () => ({ uri: 'https://evil.example.com' })],
    ['a URI with another scheme', 'URI_NOT_ALLOWED', () => ({ uri: 'http://app.example.com' })],
    [
      'a URI with another port',
      'URI_NOT_ALLOWED',
      () => ({ uri: 'https://app.example.com:8443/' }),
    ],
    [
      'a URI that hides its host',
      'URI_NOT_ALLOWED',
      () => ({ uri: 'https://app.example.com@evil.example/' }),
    ],
    ['a URI that is not a web address', 'URI_NOT_ALLOWED', () => ({ uri: 'did:key:z6Mk' })],
    ['a chain that is not allowed', 'CHAIN_NOT_ALLOWED', () => ({ chainId: 5 })],
    [
      'an expiration time that has passed',
      'MESSAGE_EXPIRED',
      (now) => ({ expirationTime: in_(0)(now) }),
    ],
    [
      'an issued-at before the challenge',
      'MESSAGE_EXPIRED',
      (now) => ({ issuedAt: in_(-2 * MINUTE)(now) }),
    ],
    [
      'an issued-at in the future',
      'MESSAGE_NOT_YET_VALID',
      (now) => ({ issuedAt: in_(2 * MINUTE)(now) }),
    ],
    ['a not-before in the future', 'MESSAGE_NOT_YET_VALID', (now) => ({ notBefore: in_(1)(now) })],
    ['a nonce that was never issued', 'NONCE_INVALID', () => ({ nonce: 'abcdefgh12345678' })],
  ];

  it.each(REFUSED)(
    'refuses a validly signed message with %s as %s',
    async (_what, code, change) => {
      expect(await refusal((nonce, now) => aMessage(wallet, nonce, now, change(now)))).toBe(code);
    },
  );

  it.each<[ErrorCode, MessageOverrides, RegExp]>([
    [
      'DOMAIN_NOT_ALLOWED',
      { domain: 'evil.example.com' },
      /Allowed are: https:\/\/app\.example\.com/,
    ],
    ['CHAIN_NOT_ALLOWED', { chainId: 5 }, /Allowed are: eip155:1, eip155:10\.$/],
  ])('names the allowed values in the message of %s', async (code, overrides, message) => {
    const asked = signAndPresent(
      aMessage(wallet, await freshNonce(), domain.clock.now(), overrides),
    );
    await expect(asked).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('accepts an address in lower case, as some wallets write it, and verifies the bytes that were signed', async () => {
    const checksummed = aMessage(wallet, await freshNonce(), domain.clock.now());
    const message = checksummed.replace(wallet.address, wallet.address.toLowerCase());
    expect(await codeOf(present(message, await wallet.sign(checksummed)))).toBe(
      'SIGNATURE_INVALID',
    );
    const { session } = await signAndPresent(message);
    expect(session.wallet).toBe(wallet.account);
  });

  it('accepts a message of 4,800 characters, and says how long one may be that is too long', async () => {
    const resources = (count: number) =>
      Array.from({ length: count }, () => ORIGIN + '/'.repeat(77));
    const write = async (count: number) =>
      aMessage(wallet, await freshNonce(), domain.clock.now(), { resources: resources(count) });
    const long = await write(46);
    expect(long.length).toBeGreaterThan(4800);
    expect((await signAndPresent(long)).session.wallet).toBe(wallet.account);
    await expect(signAndPresent(await write(90))).rejects.toMatchObject({
      code: 'MESSAGE_MALFORMED',
      message: expect.stringMatching(/has \d+ characters\. At most 8192 are accepted/) as string,
    });
  });

  const LINES: [string, (message: string) => string][] = [
    ['another version', (text) => text.replace('Version: 1', 'Version: 2')],
    ['no version', (text) => text.replace('Version: 1\n', '')],
    ['no nonce', (text) => text.replace(/Nonce: .*\n/, '')],
    ['a nonce of seven characters', (text) => text.replace(/Nonce: .*\n/, 'Nonce: abc1234\n')],
    ['no chain id', (text) => text.replace('Chain ID: 1\n', '')],
    ['a chain id that is not a number', (text) => text.replace('Chain ID: 1', 'Chain ID: one')],
    ['a chain id with a leading zero', (text) => text.replace('Chain ID: 1', 'Chain ID: 01')],
    ['no URI', (text) => text.replace(/URI: .*\n/, '')],
    ['no issued-at', (text) => text.replace(/Issued At: .*\n/, '')],
    [
      'an issued-at that is not a time',
      (text) => text.replace(/Issued At: .*/, 'Issued At: yesterday'),
    ],
    [
      'an issued-at in month 13',
      (text) => text.replace(/Issued At: \d+-\d+/, 'Issued At: 2026-13'),
    ],
    [
      'an expiration time that is not a time',
      (text) => text.replace(/Expiration Time: .*/, 'Expiration Time: soon'),
    ],
    ['fields in another order', (text) => text.replace(/(URI: .*\n)(Version: 1\n)/, '$2$1')],
    ['a field twice', (text) => text.replace(/(Nonce: .*\n)/, '$1$1')],
    ['an unknown field', (text) => `${text}\nAdmin: yes`],
    ['a line break at the end', (text) => `${text}\n`],
    ['a line break at the beginning', (text) => `\n${text}`],
    ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
    ['a tab instead of a space', (text) => text.replace('Nonce: ', 'Nonce:\t')],
    ['two spaces instead of one', (text) => text.replace('Nonce: ', 'Nonce:  ')],
    ['a statement of two lines', (text) => text.replace('Sign in to', 'Sign in\nto')],
    ['a statement that is not ASCII', (text) => text.replace('example.', 'ex\u00e4mple.')],
    [
      'an upper-case address',
      (text) => text.replace(wallet.address, `0x${wallet.address.slice(2).toUpperCase()}`),
    ],
    ['a wrong checksum', (text) => text.replace(wallet.address, swapCaseOfOne(wallet.address))],
    [
      'an address that is too short',
      (text) => text.replace(wallet.address, wallet.address.slice(0, -1)),
    ],
    ['another greeting', (text) => text.replace('wants you to sign in', 'asks you to sign in')],
    ['another kind of account', (text) => text.replace('Ethereum account', 'Solana account')],
    ['a user in the domain', (text) => text.replace('app.example.com', 'me@app.example.com')],
    ['no text', () => ''],
    ['8,193 characters', (text) => text + 'x'.repeat(8193 - text.length)],
  ];

  it.each(LINES)('refuses a validly signed message with %s', async (_what, change) => {
    const code = await refusal((nonce, now) => change(aMessage(wallet, nonce, now)));
    expect(['MESSAGE_MALFORMED', 'DOMAIN_NOT_ALLOWED']).toContain(code);
  });

  it('refuses a signed message with any changed character and keeps the nonce valid', async () => {
    const nonce = await freshNonce();
    const message = aMessage(wallet, nonce, domain.clock.now());
    const signature = await wallet.sign(message);
    const codes = new Set<string>();
    for (let position = 0; position < message.length; position += 3) {
      const other = message[position] === '0' ? '1' : '0';
      const changed = message.slice(0, position) + other + message.slice(position + 1);
      codes.add(await codeOf(present(changed, signature)));
    }
    expect(codes.size).toBeGreaterThan(3);
    // The nonce was spent on none of them.
    expect((await present(message, signature)).session.wallet).toBe(wallet.account);
  });

  it('refuses the signature of another wallet', async () => {
    const code = await refusal((nonce, now) => aMessage(wallet, nonce, now), aWallet());
    expect(code).toBe('SIGNATURE_INVALID');
  });

  const SIGNATURES: [string, (signature: string) => string][] = [
    ['that is empty', () => ''],
    ['that is not hexadecimal', (signature) => signature.replace(/.{4}$/, 'zzzz')],
    ['without 0x', (signature) => signature.slice(2)],
    // With two digits fewer, it could be the same signature in the compact form of EIP-2098.
    ['that is cut short', (signature) => signature.slice(0, -4)],
    ['with an additional byte', (signature) => `${signature}00`],
    [
      'with another recovery id',
      (signature) => signature.slice(0, -2) + (signature.endsWith('1b') ? '1c' : '1b'),
    ],
    ['with the recovery id of a transaction', (signature) => `${signature.slice(0, -2)}25`],
    ['of only zeroes', () => `0x${'0'.repeat(130)}`],
    ['with the other s of the curve', otherS],
    [
      'with one bit changed',
      (signature) => signature.replace(/^0x./, (start) => (start === '0x0' ? '0x1' : '0x0')),
    ],
  ];

  it.each(SIGNATURES)('refuses a signature %s', async (_what, change) => {
    const message = aMessage(wallet, await freshNonce(), domain.clock.now());
    const signature = change(await wallet.sign(message));
    expect(await codeOf(present(message, signature))).toBe('SIGNATURE_INVALID');
  });

  it('prints nothing for a signature that cannot be read', async () => {
    const printed = [jest.spyOn(console, 'error'), jest.spyOn(console, 'log')];
    const stderr = jest.spyOn(process.stderr, 'write');
    await codeOf(
      present(aMessage(wallet, await freshNonce(), domain.clock.now()), `0x${'f'.repeat(130)}`),
    );
    for (const print of [...printed, stderr]) {
      expect(print).not.toHaveBeenCalled();
      print.mockRestore();
    }
  });
});

/** EIP-2: for every signature (r, s) there is one with n − s, which must not count as another. */
function otherS(signature: string): string {
  const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = (n - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0');
  return signature.slice(0, 66) + s + (signature.endsWith('1b') ? '1c' : '1b');
}

function swapCaseOfOne(address: string): string {
  return address.replace(/[a-f]|[A-F](?=[^A-F]*$)/, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'accepted',
    (error: unknown) => (error as { code: string }).code,
  );
}
