import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { DEFAULT_DOCUMENT_LIMITS } from '../../src/graphql/document-limits.js';
import { createDocumentRules } from '../../src/graphql/documents.js';
import { codesOf, EVERY_TRANSPORT } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';

const PAGE = 'edges { node { id wallet device } }';
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** `{ session { id ...F0 } }` with `depth` fragments, each of which spreads the next one twice. */
function fragmentBomb(depth: number): string {
  const fragments = many(depth, (index) => {
    const spread = index < depth - 1 ? `...F${index + 1} ...F${index + 1}` : '';
    return `fragment F${index} on SessionConnection { totalCount ${PAGE} ${spread} }`;
  });
  return `{ sessions { ...F0 } } ${fragments}`;
}

const TOO_MUCH: [string, string, string, RegExp][] = [
  [
    'more tokens than are allowed',
    `{ session { ${many(2000, () => 'id')} } }`,
    'GRAPHQL_PARSE_FAILED',
    /500 tokens/,
  ],
  [
    'deeper nesting than is allowed',
    `{ __type(name: "Session") ${'{ fields { type '.repeat(6)}{ name }${' } }'.repeat(6)} }`,
    'GRAPHQL_VALIDATION_FAILED',
    /depth limit of 10 exceeded/i,
  ],
  [
    'more aliases than are allowed',
    `{ ${many(16, (index) => `a${index}: session { id }`)} }`,
    'GRAPHQL_VALIDATION_FAILED',
    /Aliases limit of 15 exceeded/,
  ],
  [
    'more aliases of __typename than are allowed',
    `{ ${many(16, (index) => `a${index}: __typename`)} }`,
    'GRAPHQL_VALIDATION_FAILED',
    /Aliases limit of 15 exceeded/,
  ],
  [
    'more directives than are allowed',
    `{ session { ${many(21, () => 'id @include(if: true)')} } }`,
    'GRAPHQL_VALIDATION_FAILED',
    /Directives limit of 20 exceeded/,
  ],
  [
    'pages of the default size that cost more than is allowed',
    `{ ${many(15, (index) => `a${index}: sessions { edges { cursor } ${PAGE} pageInfo { hasNextPage } }`)} }`,
    'GRAPHQL_VALIDATION_FAILED',
    /operation costs \d+; at most 10000/,
  ],
  [
    'fragments that spread each other exponentially',
    fragmentBomb(20),
    'GRAPHQL_VALIDATION_FAILED',
    /operation costs \d+; at most 10000/,
  ],
  [
    'a cycle of fragments',
    '{ session { ...A } } fragment A on Session { ...B } fragment B on Session { ...A }',
    'GRAPHQL_VALIDATION_FAILED',
    /Cannot spread fragment/,
  ],
];

describe.each(EVERY_TRANSPORT)('a GraphQL document, over %s', (_transport, send) => {
  let service: TestService;
  let production: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
    production = await startTestService('embedded', { NODE_ENV: 'production' });
  });
  afterAll(() => Promise.all([service.stop(), production.stop()]));

  it.each(TOO_MUCH)('refuses a document with %s', async (_what, query, code, message) => {
    const answer = await send(service, { query });
    expect(answer.data ?? null).toBeNull();
    expect(codesOf(answer)).toContain(code);
    expect(answer.errors?.map((error) => error.message).join('\n')).toMatch(message);
  });

  it('refuses costly pages even if a variable sets their size', async () => {
    const query = `query ($n: Int!) { ${many(15, (index) => `a${index}: sessions(first: $n) { ${PAGE} ${PAGE} }`)} }`;
    const answer = await send(service, { query, variables: { n: 1 } });
    expect(answer.errors?.[0]?.message).toMatch(/operation costs/);
  });

  it('accepts the documents of an ordinary client and the introspection query', async () => {
    const query = `query ($n: Int!) { session { id } sessions(first: $n) { ${PAGE} totalCount } }`;
    const answer = await send(service, { query, variables: { n: 100 } });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await send(service, { query: getIntrospectionQuery() }))).toEqual([]);
  });

  it('accepts larger documents when that is configured', async () => {
    const query = `{ ${many(16, (index) => `a${index}: session { id }`)} }`;
    const lenient = await startTestService('embedded', { OPERATION_ALIAS_LIMIT: '16' });
    expect(codesOf(await send(lenient, { query }))).toEqual([]);
    await lenient.stop();
  });

  it.each([
    ['__schema', getIntrospectionQuery()],
    ['__type', '{ __type(name: "Session") { name } }'],
  ])('refuses to introspect %s in production', async (_field, query) => {
    const answer = await send(production, { query });
    expect(new Set(codesOf(answer))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    expect(answer.data ?? null).toBeNull();
  });

  it('suggests names for unknown ones in development, and none in production', async () => {
    const mistakes = [
      '{ sesion { id } }',
      '{ session { walet } }',
      'mutation { logoutAll(keepCurent: true) { count } }',
      'query ($a: AcountId) { session { id } }',
    ];
    for (const query of mistakes) {
      expect((await send(service, { query })).errors?.[0]?.message).toMatch(/Did you mean/);
      const { errors } = await send(production, { query });
      expect(errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toMatch(/Did you mean/);
    }
  });
});

describe('GraphQL over HTTP', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  it('refuses a batch of operations over HTTP with BAD_REQUEST', async () => {
    const body = JSON.stringify([{ query: '{ session { id } }' }, { query: '{ session { id } }' }]);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(service.url, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('runs no operation of a form or a link (CSRF prevention)', async () => {
    const link = `${service.url}?query=${encodeURIComponent('{ session { id } }')}`;
    expect((await fetch(link)).status).toBe(400);
    const body = JSON.stringify({ query: '{ session { id } }' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { 'content-type': type };
      const response = await fetch(service.url, { method: 'POST', headers, body });
      expect([400, 415]).toContain(response.status);
    }
  });
});

describe('document rules in an application', () => {
  it('uses the default document limits for those that an application does not set', () => {
    const { parseOptions } = createDocumentRules({ depth: 5 });
    expect(parseOptions.maxLexicalTokens).toBe(DEFAULT_DOCUMENT_LIMITS.tokens);
    const schema = buildSchema('type Query { a: Query }');
    const nested = (depth: number) => parse('{ a '.repeat(depth) + '}'.repeat(depth));
    const problemsOf = (depth: number) =>
      validate(schema, nested(depth), createDocumentRules({ depth: 5 }).validationRules);
    expect(problemsOf(5)).toEqual([]);
    expect(problemsOf(6)).not.toEqual([]);
  });
});
