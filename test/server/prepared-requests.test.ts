import { getOperationAST, parse, type OperationDefinitionNode } from 'graphql';
import { createHash } from 'node:crypto';
import { mayHoldSecrets, type ValidDocument } from '../../src/server/prepared-operation.js';
import { signIn } from '../harness/api.js';
import { openRedisProxy } from '../harness/redis-proxy.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';

interface Request {
  readonly body: object | string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

const SESSION = '{ session { id wallet chainId device ipAddress current createdAt lastSeenAt } }';
const FIRST = 'query ($first: Int!) { session { id } sessions(first: $first) { totalCount } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function valid(text: string, operationName: string | null = null): ValidDocument {
  const document = parse(text);
  const operation = getOperationAST(document, operationName) as OperationDefinitionNode;
  return { document, operation, operationName };
}

/** More often than a document is used before it is compiled. */
const OFTEN = 25;

describe('a repeated request', () => {
  let service: TestService;
  /** The same service without prepared requests, so that Apollo Server answers. */
  let apollo: TestService;
  let accessToken: string;

  beforeAll(async () => {
    const redis = { REDIS_KEY_PREFIX: ownPrefix() };
    service = await startTestService('Redis', { ...redis, PREPARED_REQUESTS: '100' });
    apollo = await startTestService('Redis', { ...redis, PREPARED_REQUESTS: '0' });
    accessToken = (await signIn(service.url)).accessToken;
  });
  afterAll(async () => {
    await Promise.all([service.stop(), apollo.stop()]);
  });

  async function ask(url: string, { body, headers }: Request) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-id', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const received = Object.fromEntries(response.headers);
    delete received['date'];
    return { status: response.status, headers: received, text: await response.text() };
  }

  const asSession = () => ({ authorization: `Bearer ${accessToken}` });

  it.each<[string, () => Request]>([
    ['with a session', () => ({ body: { query: SESSION }, headers: asSession() })],
    ['without a session', () => ({ body: { query: SESSION } })],
    [
      'with an invalid token',
      () => ({ body: { query: SESSION }, headers: { authorization: 'Bearer nonsense' } }),
    ],
    ['of a list', () => ({ body: { query: '{ sessions { totalCount } }' }, headers: asSession() })],
    [
      'with an operation name',
      () => ({
        body: { query: 'query A { session { id } } query B { __typename }', operationName: 'B' },
      }),
    ],
    ['of a field named __proto__', () => ({ body: { query: '{ __proto__: __typename }' } })],
    ['that is refused', () => ({ body: { query: '{ sessions { totalCount } }' } })],
    ['that does not parse', () => ({ body: { query: '{ session' } })],
    ['that is not valid', () => ({ body: { query: '{ nothing }' } })],
    ['that is not JSON', () => ({ body: '{' })],
    [
      'that is not UTF-8',
      () => ({ body: Buffer.from('{"query":"{ __typename } # ÿ"}', 'latin1') }),
    ],
    [
      'for the GraphQL media type',
      () => ({
        body: { query: SESSION },
        headers: { accept: 'application/graphql-response+json' },
      }),
    ],
    [
      'for an unknown media type',
      () => ({ body: { query: SESSION }, headers: { accept: 'image/png' } }),
    ],
    [
      'with variables',
      () => ({ body: { query: FIRST, variables: { first: 1 } }, headers: asSession() }),
    ],
    [
      'with invalid variables',
      () => ({ body: { query: FIRST, variables: { first: 'one' } }, headers: asSession() }),
    ],
    [
      'with variables that are a list',
      () => ({ body: { query: FIRST, variables: [1] }, headers: asSession() }),
    ],
    [
      'with variables that a resolver refuses',
      () => ({ body: { query: FIRST, variables: { first: -1 } }, headers: asSession() }),
    ],
    ['without the variables that it needs', () => ({ body: { query: FIRST } })],
    [
      'of a mutation with its arguments in the text',
      () => ({ body: { query: 'mutation { refresh(refreshToken: "nonsense") { accessToken } }' } }),
    ],
    [
      'with the hash of an unknown document',
      () => ({
        body: { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ unknown }') } } },
      }),
    ],
    [
      'with a directive, an alias and a fragment',
      () => ({
        body: {
          query:
            '{ me: session { ...F device @skip(if: true) } } fragment F on Session { id expiresAt }',
        },
        headers: asSession(),
      }),
    ],
    [
      'with a fragment that is skipped where it is first named',
      () => ({
        body: {
          query: '{ ...F @include(if: false) ...F } fragment F on Query { session { chainId } }',
        },
        headers: asSession(),
      }),
    ],
    [
      'with variables that its query does not declare',
      () => ({ body: { query: '{ session { chainId } }', variables: { secret: 'x' } } }),
    ],
    [
      'with fields that Apollo Server ignores',
      () => ({ body: { query: FIRST, variables: { first: 1 }, extensions: { a: 1 }, b: 2 } }),
    ],
    ...[
      '"operationName":null',
      '"operationName":1e999',
      '"extensions":null',
      '"extensions":1e999',
      '"extensions":{"persistedQuery":null}',
      '"extensions":{"persistedQuery":1e999}',
      '"extensions":{"persistedQuery":{}}',
      '"variables":1e999',
    ].map<[string, () => Request]>((field) => [
      `with ${field}`,
      () => ({ body: `{"query":"query A { session { chainId } }",${field}}` }),
    ]),
    ['about the schema', () => ({ body: { query: '{ __schema { queryType { name } } }' } })],
  ])('answers a repeated request %s as Apollo Server does', async (_what, request) => {
    const expected = await ask(apollo.url, request());
    for (let count = 0; count < OFTEN; count += 1) {
      expect(await ask(service.url, request())).toEqual(expected);
    }
  });

  describe('repeated mutation with variables', () => {
    const query = 'mutation ($token: String!) { refresh(refreshToken: $token) { refreshToken } }';
    const refresh = (token: unknown): Request => ({ body: { query, variables: { token } } });
    const refreshed = async (url: string, token: string) => {
      const { text } = await ask(url, refresh(token));
      return (JSON.parse(text) as { data: { refresh: { refreshToken: string } } }).data.refresh;
    };

    /** The document is prepared once it was answered without an error. */
    beforeAll(async () => {
      for (const { url } of [service, apollo]) {
        await refreshed(url, (await signIn(url)).refreshToken);
      }
    });

    it('executes a repeated mutation each time, with the variables of that request', async () => {
      const tokens = [(await signIn(service.url)).refreshToken];
      for (let count = 0; count < OFTEN; count += 1) {
        tokens.push((await refreshed(service.url, tokens.at(-1) ?? '')).refreshToken);
      }
      expect(new Set(tokens).size).toBe(OFTEN + 1);
    });

    it.each<[string, unknown]>([
      ['that the domain refuses', 'nonsense'],
      ['of the wrong type', 1],
      ['that are missing', undefined],
      ['that it does not declare', { constructor: 'x' }],
    ])(
      'answers a repeated mutation with variables %s as Apollo Server does',
      async (_what, token) => {
        const expected = await ask(apollo.url, refresh(token));
        for (let count = 0; count < OFTEN; count += 1) {
          expect(await ask(service.url, refresh(token))).toEqual(expected);
        }
      },
    );

    it('returns the time to wait for a repeated mutation beyond the rate limit as Apollo Server does', async () => {
      const challenge = (account?: null) => ({
        body: {
          query:
            'mutation ($account: AccountId) { createSignInChallenge(account: $account) { nonce } }',
          variables: { account },
        },
      });
      const answers = [];
      for (const size of ['100', '0']) {
        const limits = { RATE_LIMIT_CHALLENGE_PER_IP: '2/1h', PREPARED_REQUESTS: size };
        const limited = await startTestService('embedded', limits);
        await ask(limited.url, challenge());
        await ask(limited.url, challenge(null));
        const { status, headers, text } = await ask(limited.url, challenge());
        const { 'retry-after': wait = '', ...others } = headers;
        delete others['content-length'];
        expect(Number(wait)).toBeGreaterThan(0);
        // The seconds may be one more or less, and nothing else.
        expect(text).toContain(`"retryAfter":${wait}}`);
        answers.push({ status, headers: others, text: text.replace(`:${wait}}`, '}') });
        await limited.stop();
      }
      expect(answers[0]).toEqual(answers[1]);
    });

    it('reports a failed repeated mutation with its request id', async () => {
      const redis = await openRedisProxy(redisUrl());
      const cutOff = await startTestService('Redis', { REDIS_URL: redis.url });
      const { refreshToken } = await signIn(cutOff.url);
      const successor = await refreshed(cutOff.url, refreshToken);
      await redis.close();
      const { text } = await ask(cutOff.url, refresh(successor.refreshToken));
      expect(JSON.parse(text)).toMatchObject({
        errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
      });
      const reported = cutOff.log.filter((line) => line.includes('"requestId":"request-id"'));
      expect(reported.some((line) => line.includes('"level":50'))).toBe(true);
      await cutOff.stop();
    });

    it.each([
      'refresh(refreshToken: "secret") { issuedAt }',
      'logout(sessionId: """secret""") { sessionId }',
    ])('does not prepare the mutation %s, whose text may contain a secret', (field) => {
      expect(mayHoldSecrets(valid(`mutation { ${field} }`))).toBe(true);
      expect(mayHoldSecrets(valid(`query A { __typename } mutation B { ${field} }`, 'A'))).toBe(
        true,
      );
    });

    it.each([query, 'mutation { logoutAll { count } }'])('prepares the mutation %s', (text) => {
      expect(mayHoldSecrets(valid(text))).toBe(false);
    });
  });

  it('answers a repeated request by hash once its document is known', async () => {
    const query = '{ session { id } }';
    const persistedQuery = { version: 1, sha256Hash: sha256(query) };
    const byHash = { body: { extensions: { persistedQuery } }, headers: asSession() };
    expect((await ask(service.url, byHash)).text).toContain('PERSISTED_QUERY_NOT_FOUND');
    const told = await ask(service.url, {
      body: { query, extensions: { persistedQuery } },
      headers: asSession(),
    });
    for (let count = 0; count < OFTEN; count += 1) {
      expect(await ask(service.url, byHash)).toEqual(told);
    }
  });

  it('answers a repeated request for the session that sends it', async () => {
    const other = (await signIn(service.url)).session.id;
    const mine = await ask(service.url, { body: { query: SESSION }, headers: asSession() });
    expect(mine.text).not.toContain(other);
    expect((await ask(service.url, { body: { query: SESSION } })).text).toContain('null');
  });

  it('answers SERVICE_UNAVAILABLE to a repeated request while Redis cannot be reached', async () => {
    const redis = await openRedisProxy(redisUrl());
    const cutOff = await startTestService('Redis', { REDIS_URL: redis.url, NEAR_CACHE_BOUND: '0' });
    const request = { body: { query: SESSION }, headers: asSession() };
    expect(await ask(cutOff.url, request)).toMatchObject({ status: 200 });
    await redis.close();
    const answer = await ask(cutOff.url, request);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    await cutOff.stop();
  });
});
