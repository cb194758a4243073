import type { AccountId } from '../../src/accounts/account-id.js';
import {
  createWalletSessions,
  type WalletSessions,
  type WalletSessionsOptions,
} from '../../src/core/wallet-sessions.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import {
  DEFAULT_RATE_LIMITS,
  NO_RATE_LIMITS,
  type Rate,
  type RateLimitPolicy,
} from '../../src/rate-limits/rate-limits.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { aKey } from '../harness/domain.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const A_KIND = {
  namespace: {
    name: 'toy',
    readReference: (text: string) => (text.toLowerCase() === 'one' ? 'one' : undefined),
    readAddress: (text: string) => text,
  },
  recognizes: () => false,
  parse: () => undefined,
  write: () => '',
  verify: () => Promise.resolve(undefined),
};

describe('createWalletSessions', () => {
  let store: OpenStore;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const directory = await temporaryDirectory();
    store = openEmbeddedStore({ directory: directory.path });
    ({ remove } = directory);
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  it.each<[string, Partial<WalletSessionsOptions>, RegExp]>([
    ['an origin with a path', { origins: ['https://app.example.com/'] }, /no path/],
    ['a statement of two lines', { signIn: { statement: 'Sign\nin.' } }, /one line/],
    ['a timeout that is not a number', { sessions: { timeout: NaN } }, /sessions\.timeout is NaN/],
    ['a timeout of less than a second', { sessions: { timeout: 2 } }, /at least 1000/],
    ['a negative grace period', { sessions: { refreshGrace: -1 } }, /sessions\.refreshGrace is -1/],
    [
      'a fractional session limit',
      { sessions: { limit: 0.5 } },
      /sessions\.limit is 0\.5.* whole number,/,
    ],
    ['cookies over plain HTTP', { origins: ['http://app.example.com'], cookies: true }, /https/],
    [
      'a fractional challenge timeout',
      { signIn: { challengeTimeout: 1.5 } },
      /signIn\.challengeTimeout/,
    ],
    [
      'an idle timeout longer than the absolute timeout',
      { sessions: { timeout: 3_600_000, absoluteTimeout: 60_000 } },
      /^sessions\.timeout must be at most sessions\.absoluteTimeout\.$/,
    ],
    [
      'a timeout given as a string',
      { sessions: { timeout: '2000' as unknown as number } },
      /is "2000", but/,
    ],
    ['a negative near-cache size', { nearCacheSize: -1 }, /^nearCacheSize is -1/],
    ['an audit log retention of 0', { auditLog: { retention: 0 } }, /auditLog\.retention is 0/],
  ])(
    'rejects %s in createWalletSessions with a RangeError that states the valid values',
    (_what, options, message) => {
      const create = () => createWalletSessions({ ...sound(), ...options });
      expect(create).toThrow(RangeError);
      expect(create).toThrow(message);
    },
  );

  it.each<[string, object, RegExp]>([
    ['an unknown limit policy', { sessions: { onLimit: 'refuse_new' } }, /^sessions\.onLimit/],
    [
      'a limit policy by its former name',
      { sessions: { onLimit: 'end-oldest' } },
      /evict-soonest-expiring or/,
    ],
    ['an unknown option', { session: {} }, /^createWalletSessions has no session: .*sessions/],
    [
      'an unknown option in a group',
      { sessions: { idleTimeout: 5 } },
      /^sessions has no idleTimeout: .*timeout/,
    ],
    [
      'a secret given as a string',
      { keys: [{ id: 'a', secret: 'c2VjcmV0' }] },
      /^keys\[0\]\.secret must/,
    ],
    ['missing keys', { keys: undefined }, /^keys must be a list of keys/],
    ['an empty list of keys', { keys: [] }, /^keys must be a list of keys/],
    ['an empty list of chains', { signIn: { chainIds: [] } }, /^signIn\.chainIds must be a list/],
    [
      'an unknown rate limit given as a string',
      { rateLimits: { challengePerIp: '60/1m' } },
      /^rateLimits has no/,
    ],
    [
      'a list instead of an option group',
      { signIn: [] },
      /^signIn must be an object, of chainIds,/,
    ],
    [
      'a rate without a window',
      { rateLimits: aRateLimit({ acts: 1 } as Rate) },
      /network\.window is/,
    ],
    [
      'a window of half a second',
      { rateLimits: aRateLimit({ acts: 1, window: 500 }) },
      /whole seconds/,
    ],
    [
      'a node of a chain that is not allowed for sign-in',
      { rpcs: [{ chainId: 'eip155:10', url: 'https://rpc.example.com' }] },
      /^rpcs names chain eip155:10\. Add it to signIn\.chainIds\./,
    ],
    [
      'device binding without cookies',
      { deviceBinding: { enabled: true } },
      /^deviceBinding\.enabled needs cookies: /,
    ],
    ...['namespace', 'recognizes', 'parse', 'write', 'verify'].map(
      (name): [string, object, RegExp] => [
        `a kind of wallet without ${name}`,
        { kinds: [{ ...A_KIND, [name]: undefined }] },
        /^kinds\[0\] must be a kind of wallet, \{ namespace, recognizes, parse, write, verify \}/,
      ],
    ),
    ...['name', 'readReference', 'readAddress'].map((name): [string, object, RegExp] => [
      `a kind of wallet whose namespace has no ${name}`,
      { kinds: [{ ...A_KIND, namespace: { ...A_KIND.namespace, [name]: undefined } }] },
      /^kinds\[0\] must be .* namespace is \{ name, readReference, readAddress \}/,
    ]),
    [
      'a chain in another form than its kind of wallet writes it',
      { kinds: [A_KIND], signIn: { chainIds: ['toy:ONE'] } },
      /^signIn\.chainIds names toy:ONE, which its kind of wallet writes as toy:one\.$/,
    ],
    [
      'a chain that its kind of wallet does not know',
      { kinds: [A_KIND], signIn: { chainIds: ['toy:two'] } },
      /^signIn\.chainIds names toy:two, which its kind of wallet does not know\.$/,
    ],
    [
      'a required key with cookies',
      { cookies: true, keyBinding: { mode: 'required' } },
      /^keyBinding\.mode must not be required with cookies: /,
    ],
    [
      'a node given as a string',
      { rpcs: ['https://rpc.example.com'] },
      /^rpcs\[0\] must be \{ chainId, url/,
    ],
    [
      'a node without a chain',
      { rpcs: [{ url: 'https://rpc.example.com' }] },
      /^rpcs\[0\]\.chainId must be a CAIP-2 chain id/,
    ],
    [
      'a node with an invalid URL',
      { rpcs: [{ chainId: 'eip155:1', url: 'rpc.example.com' }] },
      /^rpcs\[0\]\.url must be a http:\/\/ or https:\/\/ URL/,
    ],
    [
      'two nodes for one chain',
      {
        rpcs: ['a', 'b'].map((name) => ({
          chainId: 'eip155:1',
          url: `https://${name}.example.com`,
        })),
      },
      /^rpcs must not have two nodes for one chain/,
    ],
    [
      'a trusted proxy that is not an address',
      { trustedProxies: ['proxy'] },
      /^trustedProxies must be addresses/,
    ],
    ['a null clock', { clock: null }, /^clock must be a clock, \{ now, schedule \}/],
    ['an incomplete clock', { clock: { now: () => 0 } }, /^clock must be a clock/],
    ['a function instead of hooks', { hooks: () => {} }, /^hooks must be an object of hooks/],
    ['a missing store', { store: undefined }, /^store must be an open store/],
    ['a promise of a store', { store: Promise.resolve() }, /with await, openRedisStore/],
    [
      'origins given as a string',
      { origins: 'https://app.example.com' },
      /^origins must be a list/,
    ],
    ['an empty list of origins', { origins: [] }, /^origins must be a list/],
    ['an unknown hook', { hooks: { onSignin: () => {} } }, /^hooks\.onSignin is no hook/],
    [
      'a hook that is not a function',
      { hooks: { onSignIn: true } },
      /^hooks\.onSignIn must be a function/,
    ],
    [
      'an administrator that is not an account id',
      { administrators: ['0x123'] },
      /^administrators\[0\] must/,
    ],
    [
      'an administrator with a wrong checksum',
      { administrators: [misspelt()] },
      /must be a CAIP-10 account id/,
    ],
  ])(
    'rejects %s in createWalletSessions with a TypeError that names the option',
    (_what, options, message) => {
      const create = () => createWalletSessions({ ...sound(), ...options });
      expect(create).toThrow(TypeError);
      expect(create).toThrow(message);
    },
  );

  it('reports every invalid option, each on a line', () => {
    const create = () =>
      createWalletSessions({
        ...sound(),
        sessions: { timeout: 1, limit: 10_001 },
        trustedProxies: ['proxy'],
      });
    expect(create).toThrow(
      [
        'sessions.timeout is 1, but must be a whole number of milliseconds, at least 1000.',
        'sessions.limit is 10001, but must be a whole number, at least 0 and at most 10000.',
        'trustedProxies must be addresses, subnets, loopback, linklocal or uniquelocal.',
      ].join('\n'),
    );
  });

  it('rejects an invalid secret without repeating it in the error', () => {
    const keys = [{ id: 'first', secret: 'not to be told' as unknown as Uint8Array }];
    const create = () => createWalletSessions({ ...sound(), keys });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(/told/);
  });

  const sound = () => ({ store, keys: [aKey('first')], origins: ['https://app.example.com'] });
});

describe('the options of createWalletSessions', () => {
  let walletSessions: WalletSessions;
  afterEach(() => walletSessions.close());

  it.each<
    [string, (account: AccountId) => NonNullable<WalletSessionsOptions['administrators']>[number]]
  >([
    ['given in lower case', (account) => account.toLowerCase() as AccountId],
    ['given with its checksum', (account) => account],
    ['given as an identity', (account) => ({ wallet: account })],
  ])('accepts an administrator %s', async (_how, write) => {
    const wallet = aWallet();
    walletSessions = await embedWalletSessions('embedded', {
      administrators: [write(wallet.account)],
    });
    const { session } = await signInTo(walletSessions, wallet);
    const by = { session, source: {} };
    expect(await walletSessions.administration.sessionsOf(by, wallet.account)).toHaveLength(1);
  });

  it('treats an undefined option of createWalletSessions as not given', async () => {
    walletSessions = await embedWalletSessions('embedded', {
      sessions: { timeout: undefined },
      signIn: { statement: undefined },
      rateLimits: undefined,
      auditLog: { size: undefined },
    });
    const { session } = await signInTo(walletSessions);
    expect(session.expiresAt - session.createdAt).toBe(DEFAULT_SESSION_POLICY.timeout);
  });

  it('changes one rate limit and keeps the defaults of the others', async () => {
    walletSessions = await embedWalletSessions('embedded', {
      rateLimits: { signIn: { network: { acts: 1, window: 60_000 } } },
    });
    await signInTo(walletSessions);
    await expect(signInTo(walletSessions)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const { network } = DEFAULT_RATE_LIMITS.challenge;
    const challenge = () =>
      walletSessions.signIn.createChallenge({ account: aWallet().account }, {});
    for (let acts = 2; acts < network.acts; acts += 1) await challenge();
    await expect(challenge()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('accepts a class instance as hooks and preserves its this', async () => {
    class Guests {
      readonly seen: string[] = [];
      onSignIn({ wallet }: { readonly wallet: string }) {
        this.seen.push(wallet);
      }
    }
    const hooks = new Guests();
    walletSessions = await embedWalletSessions('embedded', { hooks });
    const { session } = await signInTo(walletSessions);
    expect(hooks.seen).toEqual([session.wallet]);
  });
});

function aRateLimit(rate: Rate): RateLimitPolicy {
  return { ...NO_RATE_LIMITS, challenge: { network: rate } };
}

/** An account whose address has a letter in the wrong case. */
function misspelt(): string {
  return 'eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94'.replace('Ef', 'ef');
}
