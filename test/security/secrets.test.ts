import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  CreateSignInChallengeDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SessionsDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { apiClient } from '../harness/api.js';
import { createCookieClient } from '../harness/cookie-client.js';
import { scrape } from '../harness/metrics.js';
import { EVERY_TRANSPORT } from '../harness/operation.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { contentsOf, createSecretHunt, type SecretHunt } from '../harness/secret-hunt.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { openSocket } from '../harness/socket.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const SECRET = randomBytes(32).toString('base64');
const PASSWORD = randomBytes(16).toString('hex');
const ORIGIN = 'http://localhost:4000';

/**
 * Runs the service in its own process through valid and invalid use. Records every secret that it issues or
 * receives, and everything that it writes: log, errors, commands to Redis and the contents of Redis.
 */
describe('secrets of the service', () => {
  let hunt: SecretHunt;
  let redisServer: RedisServer;
  let redis: Redis;
  let monitor: Redis;
  let service: ServiceProcess;

  beforeAll(async () => {
    hunt = createSecretHunt();
    hunt.issued('the key', SECRET);
    hunt.issued('the password of Redis', PASSWORD);
    redisServer = await startRedisServer({ args: ['--requirepass', PASSWORD] });
    const url = redisServer.url.replace('//', `//:${PASSWORD}@`);
    redis = new Redis(url);
    monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, command: string[]) => {
      for (const part of command) hunt.wrote('a command to Redis', part);
    });
    service = await startServiceProcess({
      NODE_ENV: 'production',
      LOG_LEVEL: 'debug',
      SESSION_KEYS: `hunted:${SECRET}`,
      REDIS_URL: url,
      SIGN_IN_ORIGINS: ORIGIN,
      COOKIES: 'true',
      SESSION_LIMIT: '3',
      SESSION_LAST_SEEN_INTERVAL: '1s',
      METRICS_PORT: '0',
    });
  });

  afterAll(async () => {
    monitor.disconnect();
    redis.disconnect();
    await redisServer.stop();
  });

  /** Sends a request, and records the errors in the answer. */
  async function send(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { errors } = (await response.json()) as { errors?: unknown };
    hunt.wrote('an error', JSON.stringify(errors ?? []));
  }

  async function challenge(wallet: TestWallet) {
    const { createSignInChallenge } = await apiClient(service.url).request(
      CreateSignInChallengeDocument,
      { account: wallet.account },
    );
    const message = createSignInChallenge.message ?? '';
    const signature = await wallet.sign(message);
    hunt.issued('a nonce', createSignInChallenge.nonce);
    hunt.issued('a signature', signature);
    return { message, signature };
  }

  interface Tokens {
    readonly accessToken?: string | null | undefined;
    readonly refreshToken?: string | null | undefined;
  }

  function note({ accessToken, refreshToken }: Tokens) {
    const tokens = { accessToken: accessToken ?? '', refreshToken: refreshToken ?? '' };
    hunt.issued('an access token', tokens.accessToken);
    hunt.issued('a refresh token', tokens.refreshToken);
    return tokens;
  }

  async function signIn(wallet: TestWallet) {
    const answer = await challenge(wallet);
    const { signIn: grant } = await apiClient(service.url).request(SignInDocument, answer);
    return { ...note(grant), ...answer };
  }

  async function aGoodLife(): Promise<void> {
    const wallet = aWallet();
    const [one, two] = [await signIn(wallet), await signIn(wallet)];
    const socket = openSocket(service.webSocketUrl, one.accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    const { refreshToken } = two;
    const { refresh } = await apiClient(service.url).request(RefreshDocument, { refreshToken });
    const next = note(refresh);
    await apiClient(service.url).request(RefreshDocument, { refreshToken });
    const client = apiClient(service.url, next.accessToken);
    await delay(1100); // The next request moves the last-seen time.
    await client.request(SessionsDocument, {});
    await client.request(LogoutDocument, {});
    await events.next();
    // Over the limit: one ends.
    for (let count = 0; count < 3; count += 1) await signIn(wallet);
    await socket.closed;
    const { accessToken } = await signIn(wallet);
    await apiClient(service.url, accessToken).request(LogoutAllDocument, {});
    await signIn(wallet);
  }

  async function aLifeInCookies(): Promise<void> {
    const browser = createCookieClient(service.url, { origin: ORIGIN });
    const noteCookies = () => {
      const [accessToken, refreshToken] = browser.cookies.values();
      note({ accessToken, refreshToken });
    };
    const answer = await challenge(aWallet());
    await browser.send(SignInDocument, answer);
    noteCookies();
    await browser.send(RefreshDocument, {});
    noteCookies();
    const cookie = browser.header();
    await send({ query: '{ session { id } }' }, { cookie, origin: 'https://evil.example' });
    await browser.send(LogoutDocument, {});
  }

  /** Sends requests that might make libraries quote their input in errors. */
  async function aBadLife(): Promise<void> {
    const grant = await signIn(aWallet());
    const { accessToken, refreshToken, message, signature } = grant;
    const signIn_ =
      'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }';
    const refresh =
      'mutation ($refreshToken: String) { refresh(refreshToken: $refreshToken) { accessToken } }';
    const secrets = [accessToken, refreshToken, signature, message];

    await send({ query: signIn_, variables: { message, signature } });
    await send({ query: signIn_, variables: { message: `${message} `, signature } });
    await send({ query: signIn_, variables: { message, signature: signature.slice(0, -4) } });
    const other = await challenge(aWallet());
    await send({ query: signIn_, variables: { message: other.message, signature } });
    for (const secret of secrets) {
      await send({ query: signIn_, variables: { message: [secret], signature: { secret } } });
      await send({ query: refresh, variables: { refreshToken: [secret] } });
      await send({ query: refresh, variables: { refreshToken: `${secret}x` } });
      await send({ query: secret });
      await send({ query: `{ ${JSON.stringify(secret)} }` });
      await send({ query: `{ session(${secret.slice(0, 60)}: 1) { id } }` });
      await send({
        query: `mutation { logout(sessionId: [${JSON.stringify(secret)}]) { sessionId } }`,
      });
      await send({
        query: `mutation { createSignInChallenge(account: ${JSON.stringify(secret)}) { nonce } }`,
      });
      await send({ query: '{ session { id } }', operationName: secret });
      await send({ query: '{ session { id } }', variables: secret });
      await send({ query: '{ session { id } }', extensions: secret });
      await send(secret);
      await send({ query: '{ session { id } }' }, { authorization: secret.replaceAll('\n', ' ') });
      await send(
        {
          query: 'query ($n: String) { sessions(after: $n) { totalCount } }',
          variables: { n: secret },
        },
        { authorization: `Bearer ${accessToken}` },
      );
      for (const [, transport] of EVERY_TRANSPORT) {
        const { errors } = await transport(service, {
          query: refresh,
          variables: { refreshToken: [secret] },
        });
        hunt.wrote('an error', JSON.stringify(errors));
      }
      const socket = openSocket(service.webSocketUrl, `${secret}x`);
      hunt.wrote('a close reason', (await socket.closed).reason);
    }

    // A reused token ends its session.
    const client = apiClient(service.url);
    const second = note((await client.request(RefreshDocument, { refreshToken })).refresh);
    note((await client.request(RefreshDocument, { refreshToken: second.refreshToken })).refresh);
    await send({ query: refresh, variables: { refreshToken } });
  }

  async function readMetrics(): Promise<void> {
    const entry = service.log.find(({ metrics }) => metrics !== undefined);
    const { text } = await scrape(entry?.['metrics'] as string);
    for (const line of text.split('\n')) hunt.wrote('a metric', line);
  }

  /** Records what the service writes when the store fails. */
  async function aStoreThatFails(): Promise<void> {
    const { accessToken, refreshToken } = await signIn(aWallet());
    const answer = await challenge(aWallet());
    for (const content of await contentsOf(redis)) hunt.wrote('the contents of Redis', content);
    await redisServer.stop();
    const authorization = `Bearer ${accessToken}`;
    await send({ query: '{ sessions { totalCount } }' }, { authorization });
    await send({ query: `mutation { refresh(refreshToken: "${refreshToken}") { accessToken } }` });
    await send({
      query:
        'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }',
      variables: answer,
    });
    await readMetrics();
    await service.stop();
    hunt.wrote('the log', service.output());
  }

  it('writes no secret to the log, errors, metrics, close reasons or Redis', async () => {
    await aGoodLife();
    await aLifeInCookies();
    await aBadLife();
    await aStoreThatFails();

    // Ensures that secrets and places to find them were recorded.
    expect(hunt.count.secrets).toBeGreaterThan(50);
    expect(hunt.count.places).toBeGreaterThan(500);
    expect(service.output()).toContain('session.token-reused');
    expect(hunt.findings()).toEqual([]);
  });

  it('finds a secret in plain text, hexadecimal and bytes', () => {
    for (const where of ['as it is', 'in hexadecimal', 'in bytes']) {
      const control = createSecretHunt();
      const token = `wsa_${'p'.repeat(20)}${'i'.repeat(20)}${randomBytes(32).toString('base64url')}`;
      const bytes = Buffer.from(token.slice(-43), 'base64url');
      control.issued('a token', token);
      control.wrote(
        where,
        where === 'as it is' ? token : where === 'in bytes' ? bytes : bytes.toString('hex'),
      );
      expect(control.findings()).toEqual([`a token in ${where}`]);
    }
  });
});
