import { GraphQLClient } from 'graphql-request';
import { Redis } from 'ioredis';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
} from '../generated/graphql.js';
import { createWalletSessions, NO_RATE_LIMITS } from '../../src/index.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { openTestStore } from '../harness/open-store.js';
import { codesOf, EVERY_TRANSPORT } from '../harness/operation.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aMessage, ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE, ownPrefix, redisUrl } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

/** Proxies on the loopback address are trusted, so that a test has as many addresses as it wants. */
const LIMITED = {
  TRUSTED_PROXIES: 'loopback',
  SESSION_LIMIT: '0',
  RATE_LIMIT_CHALLENGE_PER_IP: '3/1h',
  RATE_LIMIT_SIGN_IN_PER_IP: '3/1h',
  RATE_LIMIT_SIGN_IN_PER_WALLET: '2/1h',
  RATE_LIMIT_REFRESH_PER_IP: '3/1h',
  RATE_LIMIT_REFRESH_PER_SESSION: '2/1h',
  RATE_LIMIT_LOGOUT_PER_SESSION: '2/1h',
};

let addresses = 0;
const anAddress = () => `198.51.100.${(addresses += 1)}`;

const from = ({ url }: TestService, address: string) =>
  new GraphQLClient(url, { headers: { 'x-forwarded-for': address } });

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: { code: string; retryAfter?: number } }[];
}

async function post({ url }: TestService, address: string, query: string, variables = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ query, variables }),
  });
  return { headers: response.headers, ...((await response.json()) as Answer) };
}

const CHALLENGE = 'mutation { createSignInChallenge { nonce } }';
const SIGN_IN =
  'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken refreshToken } }';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Signs in, by default from a new address, with a challenge that was requested from another one. */
async function attempt(
  service: TestService,
  wallet: TestWallet,
  signer = wallet,
  address = anAddress(),
) {
  const { createSignInChallenge } = await from(service, anAddress()).request(
    CreateSignInChallengeDocument,
    { account: wallet.account },
  );
  const message = createSignInChallenge.message ?? '';
  const signature = await signer.sign(message);
  return post(service, address, SIGN_IN, { message, signature });
}

describe.each(EVERY_STORE)('rate limits on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store, LIMITED);
  });
  afterAll(() => service.stop());

  it('limits the challenges of an address and returns the time to wait', async () => {
    const address = anAddress();
    for (let count = 0; count < 3; count += 1) {
      expect(codesOf(await post(service, address, CHALLENGE))).toEqual([]);
    }
    const { headers, errors } = await post(service, address, CHALLENGE);
    const { code, retryAfter } = errors?.[0]?.extensions ?? { code: '' };
    expect(code).toBe('RATE_LIMITED');
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(3600);
    expect(Number.isInteger(retryAfter)).toBe(true);
    expect(headers.get('retry-after')).toBe(String(retryAfter));
    expect(codesOf(await post(service, anAddress(), CHALLENGE))).toEqual([]);
  });

  it('counts every aliased operation towards a rate limit', async () => {
    const fields = Array.from({ length: 5 }, (_, i) => `a${i}: createSignInChallenge { nonce }`);
    const { errors } = await post(service, anAddress(), `mutation { ${fields.join(' ')} }`);
    expect(errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    const address = anAddress();
    await post(service, address, `mutation { ${fields.slice(0, 3).join(' ')} }`);
    expect(codesOf(await post(service, address, CHALLENGE))).toEqual(['RATE_LIMITED']);
  });

  it('counts the addresses of an IPv6 /64 towards one rate limit', async () => {
    for (const host of ['::1', '::2', ':ffff:ffff:ffff:ffff']) {
      await post(service, `2001:db8:0:${addresses}${host}`, CHALLENGE);
    }
    const neighbour = await post(service, `2001:db8:0:${addresses}::4`, CHALLENGE);
    expect(codesOf(neighbour)).toEqual(['RATE_LIMITED']);
    expect(codesOf(await post(service, '2001:db8:1::1', CHALLENGE))).toEqual([]);
  });

  it.each([
    ['IPv4', () => anAddress()],
    ['IPv6', () => `[2001:db8:2:${(addresses += 1)}::1]`],
  ])(
    'counts an %s address towards one rate limit, whatever port a proxy adds to it',
    async (_, make) => {
      const address = make();
      for (let port = 1; port <= 3; port += 1) await post(service, `${address}:${port}`, CHALLENGE);
      expect(codesOf(await post(service, `${address}:4`, CHALLENGE))).toEqual(['RATE_LIMITED']);
    },
  );

  it('accepts a valid proof after others in the same network failed, and audits no refusals beyond the limit', async () => {
    const [address, wallet] = [anAddress(), aWallet()];
    for (let count = 0; count < 6; count += 1) {
      await attempt(service, wallet, aWallet(), address);
    }
    expect(codesOf(await attempt(service, wallet, aWallet(), address))).toEqual(['RATE_LIMITED']);
    expect(codesOf(await attempt(service, wallet, wallet, address))).toEqual([]);
    const refusals = service.log.filter(
      (line) => line.includes('sign-in.refused') && line.includes(address),
    );
    expect(refusals).toHaveLength(3);
  });

  it('limits the wallets that sign in from a network, but not wallets that have a session', async () => {
    const [address, owner] = [anAddress(), aWallet()];
    expect(codesOf(await attempt(service, owner))).toEqual([]);
    for (let count = 0; count < 3; count += 1) {
      expect(codesOf(await attempt(service, aWallet(), undefined, address))).toEqual([]);
    }
    expect(codesOf(await attempt(service, aWallet(), undefined, address))).toEqual([
      'RATE_LIMITED',
    ]);
    expect(codesOf(await attempt(service, owner, undefined, address))).toEqual([]);
  });

  it.each<[string, (client: GraphQLClient) => Promise<unknown>]>([
    ['logout', (client) => client.request(LogoutDocument, {})],
    ['logoutAll', (client) => client.request(LogoutAllDocument, {})],
  ])(
    'limits how often a session ends others, but never %s of the session itself',
    async (_act, endItself) => {
      const { data } = await attempt(service, aWallet());
      const { accessToken } = data?.['signIn'] as Tokens;
      const client = apiClient(service.url, accessToken);
      for (let count = 0; count < 2; count += 1) {
        expect(await refusalOf(client, LogoutDocument, { sessionId: 'A'.repeat(20) })).toBe(
          'SESSION_NOT_FOUND',
        );
      }
      expect(await refusalOf(client, LogoutDocument, { sessionId: 'A'.repeat(20) })).toBe(
        'RATE_LIMITED',
      );
      expect(await refusalOf(client, LogoutAllDocument, { keepCurrent: true })).toBe(
        'RATE_LIMITED',
      );
      await endItself(client);
      expect(await refusalOf(client, LogoutDocument, {})).toBe('UNAUTHENTICATED');
    },
  );

  it('counts every failed sign-in of an address towards its rate limit, whatever the cause', async () => {
    const address = anAddress();
    const wallet = aWallet();
    const message = aMessage(wallet, 'a'.repeat(32), Date.now());
    const wrong = [
      { message: 'nonsense', signature: '0x' },
      { message, signature: '0x' },
      { message, signature: await wallet.sign(message) },
    ];
    const codes = [];
    for (const variables of wrong)
      codes.push(...codesOf(await post(service, address, SIGN_IN, variables)));
    expect(codes).toEqual(['MESSAGE_MALFORMED', 'DOMAIN_NOT_ALLOWED', 'DOMAIN_NOT_ALLOWED']);
    expect(codesOf(await post(service, address, SIGN_IN, wrong[0]))).toEqual(['RATE_LIMITED']);
  });

  it('does not count failed sign-ins with the signature of another wallet towards the limit of the claimed one', async () => {
    const [victim, attacker] = [aWallet(), aWallet()];
    for (let count = 0; count < 6; count += 1) {
      expect(codesOf(await attempt(service, victim, attacker))).toEqual(['SIGNATURE_INVALID']);
    }
    expect(codesOf(await attempt(service, victim))).toEqual([]);
  });

  it('does not count a repeated signed message towards the limit of its wallet', async () => {
    const wallet = aWallet();
    const { createSignInChallenge } = await from(service, anAddress()).request(
      CreateSignInChallengeDocument,
      { account: wallet.account },
    );
    const message = createSignInChallenge.message ?? '';
    const variables = { message, signature: await wallet.sign(message) };
    expect(codesOf(await post(service, anAddress(), SIGN_IN, variables))).toEqual([]);
    for (let count = 0; count < 3; count += 1) {
      const again = await post(service, anAddress(), SIGN_IN, variables);
      expect(codesOf(again)).toEqual(['NONCE_INVALID']);
    }
    expect(codesOf(await attempt(service, wallet))).toEqual([]);
  });

  it('limits the sign-ins of a wallet from all addresses', async () => {
    const wallet = aWallet();
    const codes = [];
    for (let count = 0; count < 3; count += 1)
      codes.push(...codesOf(await attempt(service, wallet)));
    expect(codes).toEqual(['RATE_LIMITED']);
  });

  it('limits the invalid refresh tokens that an address presents', async () => {
    const wallet = aWallet();
    const ended = (await attempt(service, wallet)).data?.['signIn'] as Tokens;
    await apiClient(service.url, ended.accessToken).request(LogoutDocument, {});
    const client = from(service, anAddress());
    for (const refreshToken of ['nonsense', ended.refreshToken, ended.accessToken]) {
      expect(await refusalOf(client, RefreshDocument, { refreshToken })).toBe(
        'REFRESH_TOKEN_INVALID',
      );
    }
    for (const refreshToken of ['nonsense', ended.refreshToken]) {
      expect(await refusalOf(client, RefreshDocument, { refreshToken })).toBe('RATE_LIMITED');
    }
  });

  it('limits the refreshes of each session from all addresses, and keeps the session', async () => {
    const wallet = aWallet();
    for (let sessions = 0; sessions < 2; sessions += 1) {
      const { data } = await attempt(service, wallet);
      let { refreshToken, accessToken } = data?.['signIn'] as Tokens;
      for (let count = 0; count < 2; count += 1) {
        const { refresh } = await from(service, anAddress()).request(RefreshDocument, {
          refreshToken,
        });
        ({ refreshToken, accessToken } = refresh as Tokens);
      }
      const client = from(service, anAddress());
      expect(await refusalOf(client, RefreshDocument, { refreshToken })).toBe('RATE_LIMITED');
      const { session } = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
      expect(session).not.toBeNull();
    }
  });

  it('does not limit the validation of requests', async () => {
    const client = from(service, anAddress());
    for (let count = 0; count < 10; count += 1) await client.request(CurrentSessionDocument);
  });
});

describe('rate limits', () => {
  it('counts requests over HTTP and WebSocket towards the same rate limit', async () => {
    const service = await startTestService('embedded', { RATE_LIMIT_CHALLENGE_PER_IP: '2/1h' });
    const codes = [];
    for (const [, send] of [...EVERY_TRANSPORT, ...EVERY_TRANSPORT]) {
      codes.push(...codesOf(await send(service, { query: CHALLENGE })));
    }
    expect(codes).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    await service.stop();
  });

  it('shares rate limits among all instances on one Redis', async () => {
    const environment = { ...LIMITED, REDIS_KEY_PREFIX: ownPrefix() };
    const one = await startTestService('Redis', environment);
    const other = await startTestService('Redis', environment);
    const address = anAddress();
    const codes = [];
    for (const service of [one, other, one, other]) {
      codes.push(...codesOf(await post(service, address, CHALLENGE)));
    }
    expect(codes).toEqual(['RATE_LIMITED']);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('counts an address in X-Forwarded-For only if a trusted proxy sends it', async () => {
    const service = await startTestService('embedded', { ...LIMITED, TRUSTED_PROXIES: 'none' });
    const codes = [];
    for (let count = 0; count < 4; count += 1) {
      codes.push(...codesOf(await post(service, anAddress(), CHALLENGE)));
    }
    expect(codes).toEqual(['RATE_LIMITED']);
    await service.stop();
  });

  it('applies the rate limits that an embedding application sets', async () => {
    const { store, close } = await openTestStore('embedded', createFakeClock());
    const walletSessions = createWalletSessions({
      store,
      keys: [aKey('first')],
      origins: [ORIGIN],
      rateLimits: { ...NO_RATE_LIMITS, challenge: { network: { acts: 1, window: 60_000 } } },
    });
    const source = { ipAddress: anAddress() };
    await walletSessions.signIn.createChallenge({}, source);
    await expect(walletSessions.signIn.createChallenge({}, source)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    await walletSessions.close();
    await close();
  });

  it('stores no address and no wallet of rate limits in Redis', async () => {
    const prefix = ownPrefix();
    const service = await startTestService('Redis', { ...LIMITED, REDIS_KEY_PREFIX: prefix });
    const [address, wallet] = [anAddress(), aWallet()];
    await post(service, address, CHALLENGE);
    await attempt(service, wallet);
    const redis = new Redis(redisUrl());
    const keys = await redis.keys(`${prefix}:rate:*`);
    redis.disconnect();
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) expect(key).toMatch(/:rate:\w+:(network|wallet|session):[\w-]{22}$/);
    await service.stop();
  });

  it('answers SERVICE_UNAVAILABLE to sign-ins and refreshes while rate limits cannot be counted', async () => {
    const server = await startRedisServer();
    const service = await startTestService('Redis', { ...LIMITED, REDIS_URL: server.url });
    const { refreshToken } = await signIn(service.url);
    await server.stop();
    const { errors } = await post(service, anAddress(), CHALLENGE);
    expect(errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
    expect(await refusalOf(from(service, anAddress()), RefreshDocument, { refreshToken })).toBe(
      'SERVICE_UNAVAILABLE',
    );
    await service.stop();
  });
});
