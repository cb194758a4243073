import fc from 'fast-check';
import { signIn } from '../harness/api.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ownPrefix } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

/** Each gets the same answer every time: it selects nothing random and no time. */
const SESSIONS =
  'query ($first: Int! = 2, $after: String) { sessions(first: $first, after: $after) { totalCount } }';
const BY_NAME =
  'query A($on: Boolean!) { session { id wallet @include(if: $on) } } query B { session { chainId } }';
const CONDITIONAL =
  'query ($id: Boolean = false) { session { ... on Session { id } } __typename @skip(if: $id) }';
const CHALLENGE =
  'mutation ($account: AccountId, $chain: ChainId) { createSignInChallenge(account: $account, chainId: $chain) { __typename } }';
const REFRESH = 'mutation ($token: String) { refresh(refreshToken: $token) { __typename } }';
const LOGOUT =
  'mutation A($id: ID!) { logout(sessionId: $id) { __typename } } mutation B { __typename }';
const SIGN_IN =
  'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }';
const ALIASES = 'mutation { first: __typename second: __typename }';
const NO_DOCUMENT = '{ session { id } ';

const DOCUMENTS = [
  SESSIONS,
  BY_NAME,
  CONDITIONAL,
  CHALLENGE,
  REFRESH,
  LOGOUT,
  SIGN_IN,
  ALIASES,
  NO_DOCUMENT,
];

const NAMES =
  'first after on id account chain token message signature unknown __proto__ constructor'.split(
    ' ',
  );

const anyVariable = fc.oneof(
  { arbitrary: fc.integer({ min: -3, max: 120 }), weight: 3 },
  { arbitrary: fc.string({ maxLength: 60 }), weight: 3 },
  fc.boolean(),
  fc.constantFrom(
    'eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94',
    'eip155:1',
    '1',
    '',
    '0x',
    'true',
  ),
  fc.constant(null),
  fc.double(),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 2 }),
);

const anyBody = fc.record(
  {
    query: fc.constantFrom(...DOCUMENTS),
    variables: fc.oneof(
      {
        arbitrary: fc.dictionary(fc.constantFrom(...NAMES), anyVariable, { maxKeys: 4 }),
        weight: 8,
      },
      fc.constantFrom(null, [], 'text', 1),
    ),
    operationName: fc.constantFrom('A', 'B', 'C', null, 1),
    extensions: fc.constantFrom(
      {},
      null,
      { clientLibrary: { name: 'x' } },
      { persistedQuery: { version: 1, sha256Hash: 'none' } },
    ),
  },
  { requiredKeys: ['query'] },
);

const anyAccept = fc.constantFrom(undefined, 'application/graphql-response+json', 'image/png');

describe('prepared requests', () => {
  let prepared: TestService;
  let apollo: TestService;
  let authorization: string;

  beforeAll(async () => {
    const shared = { REDIS_KEY_PREFIX: ownPrefix(), INTROSPECTION: 'true' };
    prepared = await startTestService('Redis', { ...shared, PREPARED_REQUESTS: '1000' });
    apollo = await startTestService('Redis', { ...shared, PREPARED_REQUESTS: '0' });
    const wallet = aWallet();
    authorization = `Bearer ${(await signIn(prepared.url, wallet)).accessToken}`;
    const { refreshToken } = await signIn(prepared.url);
    const { session } = await signIn(prepared.url, wallet);
    const answered = [
      { query: SESSIONS, variables: {} },
      { query: BY_NAME, variables: { on: true }, operationName: 'A' },
      { query: CONDITIONAL, variables: {} },
      { query: CHALLENGE, variables: {} },
      { query: REFRESH, variables: { token: refreshToken } },
      { query: LOGOUT, variables: { id: session.id }, operationName: 'A' },
    ];
    // A request is prepared when it is answered without an error.
    for (const body of answered) {
      expect((await ask(prepared.url, body, { authorization })).text).toMatch(/^\{"data"/);
    }
  });
  afterAll(async () => {
    await Promise.all([prepared.stop(), apollo.stop()]);
  });

  async function ask(url: string, body: object, headers: Record<string, string>) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-id', ...headers },
      body: JSON.stringify(body),
    });
    const received = Object.fromEntries(response.headers);
    delete received['date'];
    return { status: response.status, headers: received, text: await response.text() };
  }

  it('answers any prepared request exactly as Apollo Server does', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, anyAccept, fc.boolean(), async (body, accept, asSession) => {
        const headers = {
          ...(accept !== undefined && { accept }),
          ...(asSession && { authorization }),
        };
        const expected = await ask(apollo.url, body, headers);
        expect(await ask(prepared.url, body, headers)).toEqual(expected);
        expect(await ask(prepared.url, body, headers)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});
