import { createHash } from 'node:crypto';
import { graphql } from 'graphql';
import { createRequestContextFactory } from '../../src/graphql/context.js';
import { buildWalletSessionsSchema } from '../../src/graphql/index.js';
import type { WalletKind } from '../../src/sign-in/kind.js';
import { readLines, whole } from '../../src/sign-in/grammar.js';
import { openDomain, type TestDomain } from '../harness/domain.js';

/** The "signature" of a text: a hash with the name of the account. Nobody but this test should admit such wallets. */
const signatureOf = (text: string, name: string) =>
  createHash('sha256').update(`${name}/${text}`).digest('hex');

/** A kind of wallet for this test: names of letters, in lower case where they are canonical, on the chain `toy:one`. */
const TOY: WalletKind = {
  namespace: {
    name: 'toy',
    readReference: (text) => (text === 'one' || text === '1' ? 'one' : undefined),
    readAddress: (text) => (/^[a-z]+$/i.test(text) ? text.toLowerCase() : undefined),
  },
  recognizes: (text) => text.startsWith('Toy sign-in\n'),
  parse(text) {
    const lines = readLines(text, 'toys');
    lines.read();
    const name = lines.field('Name: ', whole('[a-z]+'));
    const uri = lines.field('URI: ', whole('https://.+'));
    const nonce = lines.field('Nonce: ', whole('[0-9a-f]{32}'));
    const issuedAt = lines.time('Issued At: ');
    lines.end();
    const { host: domain } = new URL(uri);
    return { text, domain, account: `toy:one:${name}`, chainId: 'toy:one', uri, nonce, issuedAt };
  },
  write: ({ origin, account, nonce, issuedAt }) =>
    [
      'Toy sign-in',
      `Name: ${account.slice('toy:one:'.length)}`,
      `URI: ${origin}`,
      `Nonce: ${nonce}`,
      `Issued At: ${new Date(issuedAt).toISOString()}`,
    ].join('\n'),
  verify: ({ text, account }, signature) =>
    Promise.resolve(
      signature === signatureOf(text, account.slice('toy:one:'.length)) ? account : undefined,
    ),
};

describe('a kind of wallet that an application adds', () => {
  const schema = buildWalletSessionsSchema();
  let domain: TestDomain;
  beforeAll(async () => {
    domain = await openDomain({ kinds: [TOY], signIn: { chainIds: ['eip155:1', 'toy:one'] } });
  });
  afterAll(() => domain.close());

  async function ask(source: string, variableValues: object, token?: string) {
    const walletSessions = await createRequestContextFactory(domain)(token, {});
    const { data, errors } = await graphql({
      schema,
      source,
      variableValues: { ...variableValues },
      contextValue: { walletSessions },
    });
    return {
      data: data as Record<string, Record<string, unknown>> | undefined,
      code: errors?.[0]?.extensions['code'],
    };
  }

  const challenge = async (account: string) => {
    const { data } = await ask(
      'mutation ($account: AccountId) { createSignInChallenge(account: $account) { message } }',
      { account },
    );
    return String(data?.['createSignInChallenge']?.['message']);
  };
  const signIn = (message: string, signature: string) =>
    ask(
      'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken session { wallet chainId } } }',
      { message, signature },
    );

  it('signs in a kind of wallet that an application adds, through GraphQL and under its own account name', async () => {
    const message = await challenge('toy:one:robot');
    const { data } = await signIn(message, signatureOf(message, 'robot'));
    expect(data?.['signIn']).toMatchObject({
      session: { wallet: 'toy:one:robot', chainId: 'toy:one' },
    });
    const token = String(data?.['signIn']?.['accessToken']);
    const current = await ask('{ session { wallet } }', {}, token);
    expect(current.data?.['session']).toEqual({ wallet: 'toy:one:robot' });
  });

  it('signs in an account that the request for its challenge does not write in its canonical form', async () => {
    const message = await challenge('toy:1:Robot');
    expect(message).toContain('Name: robot\n');
    const { data } = await signIn(message, signatureOf(message, 'robot'));
    expect(data?.['signIn']).toMatchObject({ session: { wallet: 'toy:one:robot' } });
  });

  it('binds a challenge to a chain that its request does not write in its canonical form', async () => {
    const { data } = await ask(
      'mutation { createSignInChallenge(chainId: "toy:1") { chainId } }',
      {},
    );
    expect(data?.['createSignInChallenge']).toEqual({ chainId: 'toy:one' });
    const unknown = 'mutation { createSignInChallenge(chainId: "toy:two") { chainId } }';
    expect((await ask(unknown, {})).code).toBe('BAD_USER_INPUT');
  });

  it('refuses a wrong signature, nonce, domain or chain of a kind of wallet that an application adds', async () => {
    const message = await challenge('toy:one:robot');
    const signed = (text: string) => signIn(text, signatureOf(text, 'robot'));
    expect((await signIn(message, signatureOf(message, 'doll'))).code).toBe('SIGNATURE_INVALID');
    const elsewhere = message.replace(/URI: .*/, 'URI: https://evil.example');
    expect((await signed(elsewhere)).code).toBe('DOMAIN_NOT_ALLOWED');
    const invented = message.replace(/Nonce: .*/, `Nonce: ${'0'.repeat(32)}`);
    expect((await signed(invented)).code).toBe('NONCE_INVALID');
    expect((await signed(`${message}\nAdmin: yes`)).code).toBe('MESSAGE_MALFORMED');
    expect((await signed(message)).code).toBeUndefined();
    expect((await signed(message)).code).toBe('NONCE_INVALID');
  });

  it('checks account names by the rules of a kind of wallet that an application adds', async () => {
    const { code } = await ask(
      'mutation { createSignInChallenge(account: "toy:one:R2D2") { message } }',
      {},
    );
    expect(code).toBe('BAD_USER_INPUT');
  });
});
